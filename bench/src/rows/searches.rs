//! Pages, finds and filters: one request after the other over one connection.
//!
//! Limit: the same among a thousand records. Each has the same answer there, but for numbers.

use crate::Outcome;
use crate::bench::Bench;
use crate::client::Lone;
use crate::data::{self, customer_no, reg_no};
use crate::process::{Process, text};
use crate::report::{Aim, Row};

const FEW: u64 = 1_000;

/// Something to search in: records of one kind, and what is asked of them.
struct Search {
    /// A name for files.
    name: &'static str,
    /// Writes so many records to a file.
    write: fn(&std::path::Path, u64) -> Outcome<()>,
    /// What is asked.
    asks: &'static [Ask],
}

/// What is asked among `count` records, where `random` is below it.
struct Ask {
    work: &'static str,
    request: fn(out: &mut Vec<u8>, count: u64, random: u64),
    /// Whether it may take longer among more: then how many records it passes in a second is said.
    scans: bool,
}

const SEARCHES: [Search; 4] = [
    Search {
        name: "surpluses",
        write: |path, count| data::write(path, data::surpluses(count)),
        asks: &[
            Ask {
                work: "the first page of surpluses",
                request: |out, _, _| page(out, 0),
                scans: false,
            },
            Ask {
                work: "a page in the middle",
                request: |out, count, _| page(out, count / 2),
                scans: false,
            },
        ],
    },
    Search {
        name: "found",
        write: |path, count| data::write(path, data::customers(count)),
        asks: &[Ask {
            work: "find-customer",
            request: |out, _, random| {
                let body = format!(
                    r#"{{"nationalIdentifier":{{"regNo":"{}","countryCode":"SE"}}}}"#,
                    reg_no(random)
                );
                let path = format_args!("/ledger/customer/v1/100/find-customer");
                data::request(out, "POST", path, &body);
            },
            scans: false,
        }],
    },
    Search {
        name: "gateway",
        write: |path, count| data::write(path, data::gateway_customers(count)),
        asks: &[Ask {
            work: "gateway find by lastName, 10 found",
            request: |out, count, random| {
                let last = random % (count / 10);
                let path = format_args!("/api/v01/customers?lastName=Last{last}");
                data::request(out, "GET", path, "");
            },
            scans: false,
        }],
    },
    Search {
        name: "accounts",
        write: |path, count| data::write(path, data::accounts(count)),
        asks: &[
            Ask {
                work: "tmf filter on id",
                request: |out, _, random| accounts(out, &format!("id={}", random + 1)),
                scans: false,
            },
            Ask {
                work: "tmf filter on state, 10 found",
                request: |out, _, _| accounts(out, "state=Suspended"),
                scans: false,
            },
            Ask {
                work: "tmf filter on a date, 10 found",
                request: |out, _, _| {
                    accounts(out, "validFor.startDateTime.gt=2025-01-01T00:00:00Z")
                },
                scans: false,
            },
            Ask {
                work: "tmf filter on another attribute",
                request: |out, _, random| accounts(out, &format!("name=Account%20{random}")),
                scans: true,
            },
        ],
    },
];

fn page(out: &mut Vec<u8>, skip: u64) {
    let no = customer_no(0);
    let path = format_args!("/ledger/customer/v1/100/customers/{no}/surpluses?skip={skip}&take=10");
    data::request(out, "GET", path, "");
}

fn accounts(out: &mut Vec<u8>, filter: &str) {
    data::request(out, "GET", format_args!("/billingManagement/billingAccount?{filter}"), "");
}

pub(super) fn measure(bench: &Bench) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for search in SEARCHES {
        let many = bench.size.many;
        let [few_served, many_served] = [FEW, many].map(|count| serve(bench, &search, count));
        let (few_served, many_served) = (few_served?, many_served?);
        let mut random = fastrand::Rng::with_seed(3);
        for ask in search.asks {
            let mut median = |server: &Process, count: u64| -> Outcome<f64> {
                let mut client = Lone::connect(server.addr)?;
                let request = |out: &mut Vec<u8>| (ask.request)(out, count, random.u64(..count));
                client.median(200, bench.size.time / 8, request)
            };
            let [many_took, few_took] = bench.rounds(|_| {
                // Where the system puts a connection's threads matters, so each round has new ones.
                Ok([median(&many_served, many)? * 1e6, median(&few_served, FEW)? * 1e6])
            })?;
            rows.push(match ask.scans {
                true => {
                    let rate = many_took.iter().map(|took| many as f64 / took * 1e6).collect();
                    let work = format!("{} of {many}", ask.work);
                    Row::new(work, "resources/s", rate).aiming(Aim::Over(2e6))
                }
                false => Row::new(format!("{}, of {many}", ask.work), "µs", many_took)
                    .beside(format!("of {FEW}"), few_took)
                    .aiming(Aim::RatioUnder(1.5)),
            });
        }
    }
    Ok(rows)
}

fn serve(bench: &Bench, search: &Search, count: u64) -> Outcome<Process> {
    let name = format!("{}-{count}", search.name);
    let (records, store) =
        (bench.file(&format!("{name}.ndjson")), bench.file(&format!("{name}.redb")));
    (search.write)(&records, count)?;
    bench.load(&records, &store)?;
    std::fs::remove_file(&records)?;
    bench.serve(&["--db", text(&store)?])
}
