//! APIs without ledgers: where they are, how they are entered, what their formats are called.

use super::{flags, resolve, suite};
use crate::harness::api::Format;
use crate::harness::subject::provision::Provision;
use crate::harness::subject::{Target, TargetFlags};

#[test]
fn an_api_without_ledgers_needs_none() {
    let flags = flags(Some("http://h/pre"), &["gateway", "tmf"]);
    let target = Target::resolve(&suite(), &flags).unwrap();
    assert!(target.ledgers.is_empty());
    assert!(matches!(target.provision, Provision::Assumed));
    let sites: Vec<_> = target.sites().collect();
    assert!(sites.iter().all(|site| site.credential().is_none()));
    for (site, path, url) in [
        (0, "", "http://h/pre/api/v01/customers"),
        (0, "?limit=1", "http://h/pre/api/v01/customers?limit=1"),
        (0, "~create", "http://h/pre/api/v01/customers/~create"),
        (0, "7", "http://h/pre/api/v01/customers/7"),
        (0, "/api/v01/customers", "http://h/pre/api/v01/customers"),
        (1, "billingAccount", "http://h/pre/billingManagement/billingAccount"),
    ] {
        assert_eq!(sites[site].url(path), url, "{path}");
    }
}

#[test]
fn apis_that_have_a_base_each_need_no_other() {
    let toml = "provision = { url = \"http://c/load?all\", token = \"admin\" }\n\
                [api.gateway]\nbase = \"http://a/b\"\n[api.tmf]\nbase = \"http://b\"\n";
    let target = resolve(toml, TargetFlags::default()).unwrap();
    let urls: Vec<_> = target.sites().map(|site| site.url("1")).collect();
    assert_eq!(urls, ["http://a/b/api/v01/customers/1", "http://b/billingManagement/1"]);
    assert_eq!(target.summary()["base"], "http://a/b");
    assert_eq!(target.secrets(), ["admin"]);
    // A vendor who judges his staging server must not write to the one that the file names.
    let staging = TargetFlags { url: Some("http://staging".to_owned()), ..TargetFlags::default() };
    let sentence = resolve(toml, staging).unwrap_err();
    assert!(sentence.contains("[api.gateway]") && sentence.contains("leave one out"), "{sentence}");
}

#[test]
fn a_file_states_credentials_media_types_and_roots_of_apis_without_ledgers() {
    let toml = "base = \"http://h\"\n[api.gateway]\nuser = \"api-x\"\npassword = { file = \"token\" }\n\
                [api.gateway.media]\nxml = \"text/xml\"\nform = false\n\
                [api.tmf]\ntoken = \"s3cret\"\nmount = \"/api/billingManagement/v2\"\n\
                [known.\"tmf/account\"]\nid = \"7\"\n";
    let target = resolve(toml, TargetFlags::default()).unwrap();
    let sites: Vec<_> = target.sites().collect();
    let given: Vec<_> =
        sites.iter().map(|site| site.credential().unwrap().authorization()).collect();
    // `api-x:from-file` in base64.
    assert_eq!(given, ["Basic YXBpLXg6ZnJvbS1maWxl", "Bearer s3cret"]);
    let media = |format| sites[0].mounted.media.of(format);
    assert_eq!(media(Format::Xml), Some("text/xml"));
    assert_eq!((media(Format::Json), media(Format::Form)), (Some("application/json"), None));
    assert_eq!(sites[0].mounted.media_for("application/xml"), "text/xml");
    assert_eq!(sites[0].mounted.media_for("application/pdf"), "application/pdf");
    // The documented root is a part of the target's own.
    for link in [
        "billingAccount/65",
        "/billingManagement/billingAccount/65",
        "/api/billingManagement/v2/billingAccount/65",
        "http://inside:1/api/billingManagement/v2/billingAccount/65",
    ] {
        let url = "http://h/api/billingManagement/v2/billingAccount/65";
        assert_eq!(sites[1].url(link), url, "{link}");
    }
    assert_eq!(target.known["tmf/account"].variables["id"], "7");

    let path = std::env::var("PATH").unwrap();
    let by_env =
        TargetFlags { credentials: vec![("gateway", "u:env:PATH".to_owned())], ..flags(None, &[]) };
    assert_eq!(resolve(toml, by_env).unwrap().secrets()[0], path.trim());

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "u:env:ETALON_NOT_SET\n").unwrap();
    let by_file = super::given("gateway", &format!("file:{}", file.path().display()), &[]);
    assert_eq!(resolve(toml, by_file).unwrap().secrets()[0], "env:ETALON_NOT_SET");

    let credentials = vec![("tmf", "flag".to_owned()), ("gateway", "u:p:q".to_owned())];
    let target = resolve(toml, TargetFlags { credentials, ..TargetFlags::default() }).unwrap();
    let given = target.sites().map(|site| site.credential().unwrap().authorization());
    // `u:p:q` in base64.
    assert_eq!(given.collect::<Vec<_>>(), ["Basic dTpwOnE=", "Bearer flag"]);
    assert_eq!(target.secrets(), ["p:q", "dTpwOnE=", "flag"]);
}
