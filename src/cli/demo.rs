//! `etalon demo`: a server with the demo records, and what to do with it.

use std::net::TcpListener;
use std::process::ExitCode;

use super::{USAGE, complain, serve};

/// Arguments of `etalon demo`.
#[derive(clap::Args, Default)]
pub struct Args {
    /// Where to listen; without it on port 8080, or on a free one where that is taken.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

/// The address of a server that nobody has told another.
const USUAL: &str = "127.0.0.1:8080";

/// Serves until it is asked to stop, and says how it is asked.
pub fn run(args: Args) -> ExitCode {
    let listen = args.listen.unwrap_or_else(|| match TcpListener::bind(USUAL) {
        Ok(_) => USUAL.to_owned(),
        Err(_) => "127.0.0.1:0".to_owned(),
    });
    match serve::Args::at(&listen) {
        Ok(args) => serve::run_saying(args, said),
        Err(error) => complain(&error.to_string(), USAGE),
    }
}

/// Returns where the page is, and five requests that work. A token that the environment gives is named,
/// not shown.
fn said(base: &str) -> String {
    let given = std::env::var_os("ETALON_TMF_TOKEN").is_some_and(|token| !token.is_empty());
    let tmf = if given { "-H \"Authorization: Bearer $ETALON_TMF_TOKEN\" " } else { "" };
    let token = "-H 'Authorization: Bearer etalon-100'";
    let customer = format!("{base}/ledger/customer/v1/100/customers/1000001");
    let change = r#"{"emailAddress":"ada@example.com"}"#;
    format!(
        "the page: {base}/\n\
         curl -s {token} {customer}\n\
         curl -si {token} -X PATCH -H 'Content-Type: application/json' -d '{change}' {customer}\n\
         curl -s {token} {base}/billing/usage/v1/100/invoices/2610001/subscriptions/46701740605/usage-summaries\n\
         curl -s '{base}/api/v01/customers?lastName=Solheim'\n\
         curl -s {tmf}'{base}/billingManagement/billingAccount?state=Active&fields=name,state'\n\
         stop it with Ctrl-C; nothing is kept\n"
    )
}
