//! The query language of 004: filters, fields, orders and pages (readings 149, 216, 217, 244).

use serde_json::{Value, json};

use crate::tmf::Bills;

/// Accounts and charges to tell apart.
fn bills() -> Bills {
    let accounts = [
        json!({"id":"1","name":"a","ratingType":"Prepaid","state":"Defined"}),
        json!({"id":"2","name":"A","state":"Pending_Update","validFor":{"startDateTime":"2013-04-19T18:42:23+02:00"},
               "billingAccountBalance":[{"amount":1.50,"type":"x"},{"amount":100}]}),
        json!({"id":"10","name":"a,b","relatedParty":[{"id":3,"role":"bill receiver"},{"id":"4","role":"payer"}]}),
        json!({"id":"x>y","name":"50% & more"}),
    ];
    let charges = [
        json!({"id":"1","type":"usage","taxExcludedAmount":-3,"date":"2013-04-19T16:42:23.5Z"}),
        json!({"id":"2","type":"one time","taxExcludedAmount":2.00,"description":"Partner"}),
        json!({"id":"3","type":"other"}),
    ];
    let line = |(collection, resource): (&str, Value)| {
        json!({"record":"tmf","collection":collection,"resource":resource}).to_string() + "\n"
    };
    let accounts = accounts.map(|account| ("billingAccount", account));
    let charges = charges.map(|charge| ("appliedCustomerBillingCharge", charge));
    let records: String = accounts.into_iter().chain(charges).map(line).collect();
    Bills::with(&records)
}

/// Which of the accounts 1, 2, 10, 65 and x>y a query finds.
#[test]
fn accounts_are_found_by_what_they_have() {
    let bills = bills();
    for (query, found) in [
        ("", "1 2 10 65 x>y"),
        // Equality, exact but for two words (readings 140, 142).
        ("name=a", "1"),
        ("name.eq=A", "2"),
        ("state=defined", "1"),
        ("state=PENDING%20update", "2"),
        ("state=Pending+Update", "2"),
        ("ratingType=prepaid", "1"),
        ("ratingType=POSTPAID", "65"),
        ("state=Nowhere", ""),
        ("id=10", "10"),
        ("id=010", ""),
        ("id=65,10,10,7&id=65", "10 65"),
        ("id=65,1,10&limit=1&offset=1", "10"),
        ("id=65,1&state=Active", "65"),
        ("id=65&name=a", ""),
        ("id.ne=1,65", "2 10 x>y"),
        ("href=/billingManagement/billingAccount/2", "2"),
        // A comma or a repeated name is or, another name is and.
        ("state=Defined,Active", "1 65"),
        ("state=Defined&state=Active", "1 65"),
        ("name=a,A&state=Defined", "1"),
        ("name=a%2Cb", "10"),
        ("name=", ""),
        // So is a semicolon, behind which the name may stand again (reading 244).
        ("state=Defined;Active", "1 65"),
        ("state=Defined;state=Active", "1 65"),
        ("name=a;A,zzz&state=Defined", "1"),
        ("name=a%3BA", ""),
        // Dotted paths go through arrays: any element.
        ("relatedParty.role=payer", "10"),
        ("relatedParty.id=3", "10"),
        ("relatedParty.id=4,5", "10 65"),
        ("currency.currencyCode=EUR", "65"),
        ("billingAccountBalance.validFor.endDateTime=2013-06-19T02:00:00%2B02:00", "65"),
        ("customerAccount.name=Customer Account xxx", "65"),
        // Numbers by value, moments by instant.
        ("billingAccountBalance.amount=1.5", "2"),
        ("billingAccountBalance.amount=1.50e0,52.3", "2 65"),
        ("validFor.startDateTime=2013-04-19T16:42:23Z", "2 65"),
        ("validFor.startDateTime=2013-04-19T18:42:23.000+02:00", "2 65"),
        // Operators.
        ("name.ne=a", "2 10 65 x>y"),
        ("name.ne=a,A", "10 65 x>y"),
        ("state.ne=active", "1 2 10 x>y"),
        ("billingAccountBalance.amount.gt=52.3", "2"),
        ("billingAccountBalance.amount.gte=52.30", "2 65"),
        ("billingAccountBalance.amount.lt=52.3", "2"),
        ("billingAccountBalance.amount.lte=52.3&billingAccountBalance.amount.gt=1.5", "2 65"),
        ("billingAccountBalance.amount>=52.3", "2 65"),
        ("billingAccountBalance.amount%3E52.3", "2"),
        ("billingAccountBalance.amount%3e%3d52.3", "2 65"),
        ("billingAccountBalance.amount<2", "2"),
        ("billingAccountBalance.amount%3C=1.5", "2"),
        ("billingAccountBalance.amount<%3D1.49", ""),
        ("validFor.startDateTime>2013-04-19T16:42:22.9Z", "2 65"),
        ("validFor.startDateTime.lt=2013-04-19T16:42:23Z", ""),
        ("id>2", "10 65"),
        ("id<=10", "1 2 10"),
        ("name.ex=a*", "1 10"),
        ("name.ex=*b,my*", "10 65"),
        ("name.ex=*%25*", "x>y"),
        ("state.ex=pending*", "2"),
        ("name.ex=a*&state.ex=*", "1"),
        // A regular expression has a match somewhere in the value.
        ("name.regex=^a", "1 10"),
        ("name.regex=^a$;^A$", "1 2"),
        ("name.regex=a%2Cb", "10"),
        ("name.regex=%5Cd%2B%25", "x>y"),
        ("state.regex=^pending", "2"),
        ("id.regex=^.$", "1 2"),
        ("relatedParty.id.regex=^3$", "10"),
        ("billingAccountBalance.amount.regex=%5E1.", "2"),
        ("name.regex=(a%2B)%2B%24&state=Defined", "1"),
        (r"name.regex=^\w{1%2C30}\W{2%2C4}\p{L}%2B$", "x>y"),
        ("name.regex=.{1%2C255}&id.regex=^2$", "2"),
        // What looks like something else.
        ("id=x%3Ey", "x>y"),
        ("id=x>y", "x>y"),
        ("name=50%25%20%26%20more", "x>y"),
        ("&&", "1 2 10 65 x>y"),
    ] {
        assert_eq!(bills.found(&format!("billingAccount/?{query}")).join(" "), found, "{query}");
    }
}

/// Each regular expression takes memory and time before anything is compared: a query of some hundred
/// of them took 300 MB, and who sent a few of those ended the server. Those that are none count too.
#[test]
fn a_query_has_few_regular_expressions() {
    let bills = bills();
    let several = |value: &str, count| vec![value; count].join(";");
    let eight = format!("billingAccount?id.regex={}&name.regex=a", several("^1$", 7));
    assert_eq!(bills.found(&eight), ["1"]);
    for query in [
        format!("name.regex={}", several("a", 9)),
        format!("name.regex={}&id.regex=1", several("a", 8)),
        format!("{}name.regex=a", "name.regex=(&".repeat(8)),
    ] {
        let answer = bills.get(&format!("billingAccount?{query}"));
        answer.fails(400, "validation", "8 regular expressions at most");
    }
}

/// The same of charges and settlement notes, whose members have other types.
#[test]
fn charges_and_notes_are_found_by_what_they_have() {
    let bills = bills();
    for (path, found) in [
        ("appliedCustomerBillingCharge/?type=recurring", "25"),
        ("appliedCustomerBillingCharge?taxExcludedAmount=2", "2 25"),
        ("appliedCustomerBillingCharge?taxExcludedAmount<0", "1"),
        ("appliedCustomerBillingCharge?taxExcludedAmount.ne=2", "1 3"),
        ("appliedCustomerBillingCharge?date>2013-04-19T16:42:23Z", "1"),
        ("appliedCustomerBillingCharge?date.ex=2013-04*&description.ex=Partner*", "25"),
        ("appliedCustomerBillingCharge?serviceId.id=0601020304", "25"),
        ("appliedCustomerBillingCharge?period.startPeriod.gte=2013-10-01T00:00:00Z", "25"),
        ("settlementNoteAdvice/?currencyCode=EUR", "26"),
        ("settlementNoteAdvice?settlementNoteItem.quantity=19001", "26"),
        ("settlementNoteAdvice?settlementNoteItem.quantity.lt=19001", ""),
        ("customerBillFormat?name=Detailed%20invoice", "23 26"),
        ("customerBillingCycleSpecification?billingDateShift=15.0&frequency=monthly", "26"),
    ] {
        assert_eq!(bills.found(path).join(" "), found, "{path}");
    }
}

/// Reading 216: what cannot be asked is refused, and the refusal says what.
#[test]
fn what_cannot_be_asked_is_refused() {
    let bills = bills();
    for (query, named) in [
        ("nonsense=1", "nonsense"),
        ("Name=a", "Name"),
        ("name.nonsense=1", "name.nonsense"),
        ("validFor.startPeriod=2013-04-19T16:42:23Z", "validFor.startPeriod"),
        ("relatedParty.0.role=payer", "relatedParty.0.role"),
        ("=1", "no attribute"),
        ("name.like=a", "name.like"),
        ("name.gt>1", "name.gt"),
        ("name", "has no value"),
        ("name.gt=a", "text"),
        ("state<Active", "text"),
        ("validFor=2013", "validFor"),
        ("relatedParty.ex=*", "relatedParty"),
        ("validFor.startDateTime=2013", "date-time"),
        ("validFor.startDateTime>yesterday", "yesterday"),
        ("billingAccountBalance.amount=much", "much"),
        ("billingAccountBalance.amount=", "number"),
        ("billingAccountBalance.amount.gt=1,x", "x"),
        ("id>x", "number"),
        ("name=%zz", "%zz"),
        ("name=a,%", "percent-encoding"),
        ("na%me=a", "percent-encoding"),
        ("name=%ff", "percent-encoding"),
        // Whoever misspells learns what there is, and never takes nothing for an answer.
        ("naem=a", "name"),
        ("name.like=a", "eq, ne, gt, gte, lt, lte, ex, regex"),
        ("validFor.startPeriod=x", "startDateTime, endDateTime"),
        ("filter=name", "fields, sort, offset and limit"),
        ("name=a;state=Active", "semicolon"),
        ("name=a;b=c", "semicolon"),
        ("name.regex=(", "no regular expression"),
        ("name.regex=a{1,2}", "%2C"),
        ("name.regex=(?<=a)b", "no regular expression"),
        ("name.regex=((a{100}){100}){100}", "too large"),
        ("relatedParty.regex=a", "relatedParty"),
        ("sort=nonsense", "nonsense"),
        ("sort=relatedParty", "relatedParty"),
        ("sort=-validFor.x", "validFor.x"),
        ("sort>name", "sort"),
        // A blank beside a name is none of it; what is no more than that is no name.
        ("sort=%09", "no attribute"),
        ("sort=%20", "no attribute"),
        ("sort=-%2Bname", "+name"),
        ("fields=%09", "no attribute"),
        ("fields=name,%20", "no attribute"),
        ("offset=-1", "offset"),
        ("offset=", "offset"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit>1", "limit"),
        ("offset=1&offset=1", "offset is given twice"),
        ("limit=1&state=Active&limit=2", "limit is given twice"),
        ("fields=nonsense", "nonsense"),
        ("fields=name,validFor.x", "validFor.x"),
        ("fields>name", "fields"),
        ("fields=%", "percent-encoding"),
        ("nonsense=1&fields=rubbish", "rubbish"),
        ("fields=rubbish&nonsense=1", "nonsense"),
    ] {
        bills.get(&format!("billingAccount?{query}")).fails(400, "validation", named);
    }
    for query in ["fields=nonsense", "fields=%zz", "fields"] {
        bills.get(&format!("billingAccount/65?{query}")).fails(400, "validation", "");
    }
}

/// `fields`: `id` and `href` always, arrays stay arrays, of a collection and of an item alike.
#[test]
fn fields_select_members() {
    let bills = Bills::new();
    let whole = bills.get("billingAccount/65").json();
    for (query, rest) in [
        ("fields=all", None),
        ("fields=name,all", None),
        ("offset=0", None),
        ("fields=", Some(json!({}))),
        ("fields=none", Some(json!({}))),
        ("fields=none,state", Some(json!({"state":"Active"}))),
        ("fields=%20none,%20state", Some(json!({"state":"Active"}))),
        ("fields=id,href", Some(json!({}))),
        ("fields=name", Some(json!({"name":"my personal Billing Account"}))),
        (":fields=state", Some(json!({"state":"Active"}))),
        (
            "fields=name,state,billingAccountBalance.amount",
            Some(
                json!({"name":"my personal Billing Account","state":"Active","billingAccountBalance":[{"amount":whole["billingAccountBalance"][0]["amount"]}]}),
            ),
        ),
        (
            "fields=relatedParty.role&fields=customerAccount.name",
            Some(json!({"customerAccount":{"name":"Customer Account xxx"},
                        "relatedParty":[{"role":"bill receiver"},{"role":"bill responsible"}]})),
        ),
        (
            "fields=billingAccountBalance.validFor.startDateTime,billingAccountBalance.status",
            Some(
                json!({"billingAccountBalance":[{"validFor":{"startDateTime":"2013-04-19T16:42:23.0Z"},"status":"Due"}]}),
            ),
        ),
        ("fields=currency.currencyCode,currency", Some(json!({"currency":{"currencyCode":"EUR"}}))),
        ("fields=validFor.endDateTime", Some(json!({"validFor":{}}))),
    ] {
        let mut expected = whole.clone();
        if let Some(Value::Object(rest)) = rest {
            expected = json!({"id":whole["id"],"href":whole["href"]});
            expected.as_object_mut().unwrap().extend(rest);
        }
        bills.get(&format!("billingAccount/65?{query}")).is(200, &expected.to_string());
        let listed = json!([expected]).to_string();
        bills.get(&format!("billingAccount/?{query}")).is(200, &listed);
    }
    let charges = bills.get("appliedCustomerBillingCharge/?fields=taxExcludedAmount,description");
    assert_eq!(charges.at("/0/taxExcludedAmount"), json!(2));
    assert_eq!(charges.json()[0].as_object().unwrap().len(), 4);
}

/// Reading 217: pages of what matches, and how many that is, however long the list.
#[test]
fn a_long_list_is_paged_and_counted() {
    const COUNT: usize = 3000;
    let records: String = (1..=COUNT)
        .map(|n| {
            // Over a megabyte in all, so that a page may pass over everything in it.
            let (kind, pad) = (if n % 3 == 0 { "third" } else { "other" }, "x".repeat(500));
            json!({"record":"tmf","collection":"appliedCustomerBillingCharge",
                   "resource":{"id":n,"type":kind,"description":pad}})
            .to_string()
                + "\n"
        })
        .collect();
    let bills = Bills::of(&records);
    let all: Vec<usize> = (1..=COUNT).collect();
    let thirds: Vec<usize> = all.iter().copied().filter(|n| n % 3 == 0).collect();
    for (query, of, offset, limit) in [
        ("", &all, 0, COUNT),
        ("offset=0&limit=10", &all, 0, 10),
        ("offset=2995&limit=10", &all, 2995, 5),
        ("limit=0", &all, 0, 0),
        ("offset=3000", &all, 3000, 0),
        ("offset=99999999999999999999999&limit=1", &all, COUNT, 0),
        ("limit=99999999999999999999999", &all, 0, COUNT),
        ("offset=17&limit=2000", &all, 17, 2000),
        ("type=third", &thirds, 0, 1000),
        ("type=third&offset=990&limit=100", &thirds, 990, 10),
        ("type=third&limit=999&offset=1", &thirds, 1, 999),
        ("type=third&id>2900&id.lte=2970", &thirds[966..990].to_vec(), 0, 24),
    ] {
        let reply = bills.get(&format!("appliedCustomerBillingCharge?{query}"));
        assert_eq!(reply.header("x-total-count"), of.len().to_string(), "{query}");
        let found: Vec<usize> = reply
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|charge| charge["id"].as_str().unwrap().parse().unwrap())
            .collect();
        assert!(found == of[offset..offset + limit], "{query}: {found:?}");
    }
}

/// An index that forgets a change, or a part of a range, leaves an account out of what is asked for.
#[test]
fn what_is_looked_up_is_what_reading_all_would_find() {
    let day = |n: usize| format!("2031-{:02}-{:02}", 1 + n / 28 % 12, 1 + n % 28);
    // Few are closed, some are suspended, and of each of the others there are many.
    let state = |n: usize| match n {
        _ if n.is_multiple_of(100) => "Closed",
        _ if n.is_multiple_of(5) => "Suspended",
        _ if n.is_multiple_of(2) => "Active",
        _ => "Pending_Update",
    };
    let account = |n: usize| {
        let start = format!("{}T12:00:00.{}+02:00", day(n), n % 10);
        json!({"record":"tmf","collection":"billingAccount","resource":{
            "id":n.to_string(),"name":"of many","state":state(n),
            "validFor":{"startDateTime":start,"endDateTime":"2040-01-01T00:00:00Z"}}})
    };
    let lines: Vec<_> = (100..6_100).map(|n| account(n).to_string()).collect();
    let bills = Bills::with(&lines.join("\n"));
    let ids = |holds: &dyn Fn(usize) -> bool| -> Vec<String> {
        (100..6_100).filter(|n| holds(*n)).map(|n| n.to_string()).collect()
    };
    let many = "name=of%20many";
    let starts_in =
        |n: usize, from: &str, to: &str| day(n).as_str() >= from && day(n).as_str() < to;
    let starts = "validFor.startDateTime";
    let window = "validFor.startDateTime.gte=2031-03-05T00:00:00Z&\
                  validFor.startDateTime.lt=2031-03-07T00:00:00Z";
    let check = |bills: &Bills, resumed: &[usize]| {
        let state = |n| if resumed.contains(&n) { "Active" } else { state(n) };
        for (query, found) in [
            ("state=closed".to_owned(), ids(&|n| state(n) == "Closed")),
            (format!("{many}&state=ACTIVE"), ids(&|n| state(n) == "Active")),
            (format!("{many}&state=closed,pending%20update"), {
                ids(&|n| ["Closed", "Pending_Update"].contains(&state(n)))
            }),
            (format!("state=Closed&{window}"), {
                ids(&|n| state(n) == "Closed" && starts_in(n, "2031-03-05", "2031-03-07"))
            }),
            (window.to_owned(), ids(&|n| starts_in(n, "2031-03-05", "2031-03-07"))),
            (format!("{starts}=2031-03-05T10:00:00.4Z"), {
                ids(&|n| day(n) == "2031-03-05" && n % 10 == 4)
            }),
            (format!("{starts}>2031-12-28T10:00:00.5Z&{starts}.lt=2032-01-01T00:00:00Z"), {
                ids(&|n| day(n) == "2031-12-28" && n % 10 > 5)
            }),
            (format!("{starts}>2032-01-01T00:00:00Z&{starts}<2031-01-01T00:00:00Z"), vec![]),
            (format!("{many}&validFor.endDateTime=2040-01-01T01:00:00%2B01:00"), ids(&|_| true)),
        ] {
            assert_eq!(bills.found(&format!("billingAccount?{query}")), found, "{query}");
        }
        // Where the state alone is asked for, how many have it is known without reading them.
        for of in ["Suspended", "Closed", "Pending_Update"] {
            let all = ids(&|n| state(n) == of);
            let reply = bills.get(&format!("billingAccount?state={of}&offset=3&limit=5"));
            assert_eq!(reply.header("x-total-count"), all.len().to_string(), "{of}");
            let page = format!("billingAccount?state={of},{of}&offset=3&limit=5");
            assert_eq!(bills.found(&page), all[3..8], "{of}");
            assert_eq!(bills.found(&format!("billingAccount?state={of}")), all, "{of}");
        }
    };
    check(&bills, &[]);
    let resumed = [105, 205, 1_105];
    for n in resumed {
        let active = json!({"state":"Active"});
        let reply = bills.ask("PATCH", &format!("billingAccount/{n}"), active);
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    check(&bills, &resumed);
}

/// Reading 244: the order of a list is the client's, and what lacks the attribute comes last.
#[test]
fn a_list_comes_in_the_order_that_is_asked_for() {
    let bills = bills();
    for (path, found) in [
        ("billingAccount?sort=id", "1 2 10 65 x>y"),
        ("billingAccount?sort=-id", "x>y 65 10 2 1"),
        ("billingAccount?sort=name", "x>y 2 1 10 65"),
        ("billingAccount?sort=-name", "65 10 1 2 x>y"),
        ("billingAccount?sort=state", "65 1 2 10 x>y"),
        ("billingAccount?sort=-state,-id", "2 1 65 x>y 10"),
        ("billingAccount?sort=ratingType,name", "65 1 x>y 2 10"),
        ("billingAccount?sort=billingAccountBalance.amount", "2 65 1 10 x>y"),
        ("billingAccount?sort=-validFor.startDateTime,-id", "65 2 x>y 10 1"),
        ("billingAccount?sort=-name&limit=2", "65 10"),
        ("billingAccount?sort=-name&limit=2&offset=3", "2 x>y"),
        ("billingAccount?sort=-name&offset=9", ""),
        ("billingAccount?sort=-id&state=Defined;Active", "65 1"),
        ("billingAccount?sort=-id&id=1,65,2", "65 2 1"),
        ("billingAccount?sort=", "1 2 10 65 x>y"),
        ("billingAccount?sort=%2Bstate,%20-id%20", "65 1 2 x>y 10"),
        ("billingAccount?sort=href", "1 10 2 65 x>y"),
        ("appliedCustomerBillingCharge?sort=taxExcludedAmount", "1 2 25 3"),
        ("appliedCustomerBillingCharge?sort=-date", "1 25 2 3"),
    ] {
        assert_eq!(bills.found(path).join(" "), found, "{path}");
    }
    let whole = bills.get("billingAccount?id=65").json();
    assert_eq!(bills.get("billingAccount?sort=-id&id=65").json(), whole);
}

/// Ten thousand of more can be put in order, and not all of them: what is held does not grow with the
/// collection.
#[test]
fn an_order_of_many_is_answered_in_part() {
    let records = (1..=10_050).map(|n| {
        json!({"record":"tmf","collection":"appliedCustomerBillingCharge",
               "resource":{"id":n,"type":"other","taxExcludedAmount":-n}})
        .to_string()
            + "\n"
    });
    let bills = Bills::of(&records.collect::<String>());
    let path = "appliedCustomerBillingCharge?sort=taxExcludedAmount";
    bills.get(path).fails(400, "validation", "10000");
    bills.get(&format!("{path}&limit=2&offset=10000")).fails(400, "validation", "10000");
    let reply = bills.get(&format!("{path}&limit=9999&offset=1&fields=none"));
    let ids =
        reply.json().as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>();
    let fallen: Vec<_> = (51..10_050).rev().map(|n| json!(n.to_string())).collect();
    assert!(ids == fallen, "{:?} {}", ids.first(), ids.len());
    assert_eq!(bills.found(&format!("{path}&id.lte=3")), ["3", "2", "1"]);
}

/// Reading 244: an answer says how many are in it, and where the other parts are.
#[test]
fn the_parts_of_a_list_lead_to_each_other() {
    let bills = bills();
    for (query, here, links) in [
        ("", "5", ""),
        ("offset=2", "3", ""),
        ("limit=0", "0", ""),
        ("limit=2", "2", "first 0, next 2, last 4"),
        ("limit=2&offset=2", "2", "first 0, prev 0, next 4, last 4"),
        ("limit=2&offset=1", "2", "first 0, prev 0, next 3, last 4"),
        ("offset=4&limit=2", "1", "first 0, prev 2, last 4"),
        ("limit=2&offset=99", "0", "first 0, prev 3, last 4"),
        ("limit=5", "5", "first 0, last 0"),
        ("limit=1&id>1&sort=-id", "1", "first 0, next 1, last 2"),
        ("limit=1&state=Nowhere", "0", "first 0, last 0"),
    ] {
        let reply = bills.get(&format!("billingAccount?{query}"));
        assert_eq!((reply.status, reply.header("x-result-count")), (200, here), "{query}");
        let mut told = Vec::new();
        for link in reply.header("link").split(", ").filter(|link| !link.is_empty()) {
            let (url, rel) = link.strip_prefix('<').unwrap().split_once(">; rel=\"").unwrap();
            let asked = url.split_once("/billingManagement/").unwrap().1;
            // What it leads to has the same filter and the same order.
            let part = bills.get(asked);
            assert_eq!(part.header("x-total-count"), reply.header("x-total-count"), "{url}");
            let offset = url.split("offset=").nth(1).unwrap().split('&').next().unwrap();
            told.push(format!("{} {offset}", rel.trim_end_matches('"')));
        }
        assert_eq!(told.join(", "), links, "{query}");
    }
}
