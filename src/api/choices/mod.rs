//! Choices. Wherever a reading leaves the server one, this table has a row, and
//! `serve --choice NAME=VALUE` chooses. Every value is one that a correct server may have.
//!
//! Rows of an API take effect in the order of the table: first what is answered, then how it is
//! written. What they do is in the files below this one; a resource knows of none of them but for
//! the few that change what there is ([`setting`]).

mod asked;
mod choice;
mod chosen;
mod exchange;
mod gateway;
mod members;
mod payex;
mod problems;
pub(super) mod setting;
mod strict;
mod tmf;
mod xml;

use http::StatusCode as S;
use http::header::{LAST_MODIFIED, LOCATION};

use super::names;
use choice::Effect::{self, Answer, Ask, Refuse, Set};
use choice::choices;
use setting::Setting;

pub use choice::{Choice, Value};
pub use chosen::Choices;

const CUSTOMER: &[&str] = &[names::CUSTOMER];
const USAGE: &[&str] = &[names::USAGE];
const PAYEX: &[&str] = &[names::CUSTOMER, names::USAGE];
const GATEWAY: &[&str] = &[names::GATEWAY];
const TMF: &[&str] = &[names::TMF];
const WITHOUT_LEDGERS: &[&str] = &[names::GATEWAY, names::TMF];

const BILLING: &str = "POST /*/customers/*/billing-address";
const REFRESH: &str = "POST /*/customers/*/legal-address/*";
const ORDERS: &str = "POST /*/customers/*/surpluses/*/*";

const NO_METHOD: S = S::METHOD_NOT_ALLOWED;
const UNPROCESSABLE: S = S::UNPROCESSABLE_ENTITY;

/// The choices.
pub static CHOICES: &[Choice] = choices! {
    "patch" of CUSTOMER [73]: "the answer to PATCH of a customer" {
        "204": "no body",
        "200": "the customer as it is now" => Answer(|x| x.with_resource("PATCH /*/customers/*")),
    }
    "put" of CUSTOMER [74]: "the answer to PUT of an address" {
        "204": "no body",
        "200": "the address as it is now" => Answer(|x| x.with_resource("PUT /*/customers/*/*")),
    }
    "delete" of CUSTOMER [76]: "the answer to DELETE of a billing address" {
        "204": "no body",
        "200": "no body either" => Answer(|x| x.without_body("DELETE /*/customers/*/*", S::OK)),
    }
    "add-address" of CUSTOMER [75]: "the answer to POST of a billing address" {
        "201": "the address",
        "200": "the address" => Answer(|x| x.instead(BILLING, S::OK)),
        "204": "no body" => Answer(|x| x.without_body(BILLING, S::NO_CONTENT)),
    }
    "refresh" of CUSTOMER [88]: "the answer to the refresh from the population register" {
        "200": "the address",
        "202": "no body" => Answer(|x| x.without_body(REFRESH, S::ACCEPTED)),
        "204": "no body" => Answer(|x| x.without_body(REFRESH, S::NO_CONTENT)),
    }
    "order" of CUSTOMER [102]: "the answer to POST of a disbursement order" {
        "201": "the order",
        "200": "the order" => Answer(|x| x.instead(ORDERS, S::OK)),
        "202": "no body" => Answer(|x| x.without_body(ORDERS, S::ACCEPTED)),
        "204": "no body" => Answer(|x| x.without_body(ORDERS, S::NO_CONTENT)),
    }
    "location" of CUSTOMER [75, 77]: "whether Location says where a new customer or address is" {
        "present": "it does",
        "absent": "there is none" => Answer(|x| drop(x.headers().remove(LOCATION))),
    }
    "unpatchable" of CUSTOMER [80]: "what PATCH does with members that it cannot change" {
        "refused": "400, and nothing is changed",
        "ignored": "it changes the others" => Ask(payex::ignore_unpatchable),
    }
    "customer-nos" of CUSTOMER [44]: "the customer numbers that are given" {
        "any": "one to fifteen digits",
        "seven": "seven digits" => Refuse(strict::other_than_seven_digits),
    }
    "check-digits" of CUSTOMER [50, 55, 107]: "check digits of persons, VAT numbers and accounts" {
        "lenient": "need not be right",
        "strict": "must be" => Refuse(strict::wrong_check_digits),
    }
    "conflict" of CUSTOMER [47, 86, 103]: "the status of what the customer's state forbids" {
        "409": "Conflict",
        "400": "Bad Request" => Answer(|x| x.restate(S::CONFLICT, S::BAD_REQUEST)),
        "422": "Unprocessable Content" => Answer(|x| x.restate(S::CONFLICT, UNPROCESSABLE)),
    }
    "media-type" of CUSTOMER [25]: "the status of a body of another media type" {
        "415": "Unsupported Media Type",
        "400": "Bad Request" => Answer(|x| x.restate(S::UNSUPPORTED_MEDIA_TYPE, S::BAD_REQUEST)),
    }
    "unknown-customer" of CUSTOMER [90]: "the code of a path below an unknown customer" {
        "customer-not-found": "as for the customer itself",
        "not-found": "as for any other resource" => Answer(payex::unknown_below),
    }
    "find-miss" of CUSTOMER [89]: "the code of find-customer when it finds none" {
        "customer-not-found": "as for an unknown number",
        "not-found": "as for any other resource" => Answer(payex::unfound),
    }
    "surplus-page" of CUSTOMER [20]: "how many surpluses a page has, unless `take` says" {
        "100": "at most a hundred",
        "10": "at most ten" => Ask(payex::short_pages),
    }
    "first-page" of CUSTOMER [18]: "the links of the first page of surpluses" {
        "needed": "no link to where there is nothing",
        "printed": "as printed: previous and first too" => Answer(payex::print_first_page),
    }
    "expanded-nothing" of CUSTOMER [66]: "an address that is to be expanded and is not there" {
        "null": "null",
        "absent": "no such member" => Answer(payex::drop_expanded_nothing),
    }
    "billing-link" of CUSTOMER [64]: "the link to a billing address that is not there" {
        "always": "where POST would put it",
        "existing": "no such member" => Answer(payex::drop_dangling_link),
    }
    "distribution-type" of CUSTOMER [61]: "distributionType, which no example shows" {
        "shown": "when it is set",
        "hidden": "never" => Answer(payex::drop_distribution_type),
    }
    "consents" of CUSTOMER [62]: "the active consents of a customer" {
        "known": "those that the document lists",
        "later": "one of a later version too" => Answer(payex::add_consent),
    }
    "customer-no" of CUSTOMER [43]: "the number in the answers of create, find and generate" {
        "plain": "as in GET",
        "spaced": "as in the examples: after a blank" => Answer(payex::space_number),
    }
    "edi-names" of CUSTOMER [51]: "how the members of eDIAddressInfo are spelled" {
        "example": "as in the examples: VAN, InterChangeRecipient",
        "table": "as in the tables: van, interChangeRecipient" => Answer(payex::name_as_tables),
    }
    "country" of CUSTOMER [69]: "the case of countryCode" {
        "upper": "SE, as ISO 3166-1",
        "lower": "se, as some examples" => Answer(|x| members::lower(x, &["countryCode"])),
    }
    "currency" of CUSTOMER [98]: "the case of the currency of a surplus" {
        "upper": "SEK, as ISO 4217",
        "lower": "sek" => Answer(|x| members::lower(x, &["currency"])),
    }
    "balance" of CUSTOMER [94]: "the type of the balance of a surplus" {
        "number": "as in the examples",
        "text": "as in the table" => Answer(|x| members::named(x, &["balance"], members::use_text)),
    }

    "idle-customer" of USAGE [29]: "a customer that is known and has no unbilled usage" {
        "404": "customer-not-found",
        "200": "an empty list of subscriptions" => Set(Setting::IdleCustomers),
    }
    "unused-invoice" of USAGE [28]: "the code of an invoice that is known and has no usage" {
        "invoice-has-no-usage": "as the table says",
        "invoice-not-found": "as if it were unknown" => Answer(payex::unknown_invoice),
    }
    "subscription-code" of USAGE [5]: "the code of an unknown subscription" {
        "hyphen": "subscription-not-found, like all others",
        "space": "subscription-not found, as printed" => Answer(payex::print_subscription_code),
    }
    "subscriptions" of USAGE [33]: "the subscriptions of an invoice or a customer" {
        "link": "a link, unless they are expanded",
        "list": "always the list" => Ask(payex::expand_subscriptions),
    }
    "usage-id" of USAGE [32]: "@id of what is answered alone" {
        "present": "as the tables say",
        "absent": "as in the examples" => Answer(payex::drop_single_id),
    }
    "summary-dates" of USAGE [40]: "the first and the last usage of a summary" {
        "times": "date-times, as in the examples",
        "days": "dates, as described" => Answer(payex::use_days),
    }
    "usage-dates" of USAGE [26]: "what follows the seconds of a date-time" {
        "plain": "nothing, as in the examples",
        "fraction": "seven zeros" => Answer(|x| payex::after_seconds(x, ".0000000")),
        "offset": "a zone" => Answer(|x| payex::after_seconds(x, "+02:00")),
    }

    "query" of PAYEX [20]: "parameters of a query that no document has" {
        "ignored": "as if they were not there",
        "refused": "400" => Refuse(strict::unknown_parameters),
    }
    "list-order" of PAYEX [170]: "the order of a list, or of a page of one" {
        "forward": "by date, then by id",
        "backward": "the other way round" => Answer(|x| members::reverse(x, "items")),
    }
    "decimals" of PAYEX [27]: "the zeros at the end of an amount" {
        "kept": "as they were sent",
        "short": "none" => Answer(|x| members::decimals(x, members::short)),
        "long": "two more" => Answer(|x| members::decimals(x, members::long)),
    }
    "unset" of PAYEX [24, 81]: "an optional member that is not set" {
        "omitted": "no such member",
        "null": "null" => Answer(payex::null_unset),
    }
    "navigation" of PAYEX [19]: "navigation of a list that is one page" {
        "always": "a link to the list itself",
        "needed": "none" => Answer(payex::drop_navigation),
    }
    "operations" of PAYEX [22, 23]: "the operations of a resource" {
        "listed": "an array, even when there are none",
        "null": "null when there are none" => Answer(payex::null_operations),
        "absent": "no such member when there are none" => Answer(payex::drop_no_operations),
        "hidden": "always an empty array: no permissions" => Answer(payex::hide_operations),
    }
    "links" of PAYEX [17]: "the form of links" {
        "relative": "a path, as in the examples",
        "absolute": "with the host of the request" => Answer(payex::absolute_links),
    }
    "foreign-token" of PAYEX [11]: "the answer to the token of another ledger" {
        "401": "unauthorized",
        "403": "forbidden" => Answer(problems::forbid_foreign_token),
        "404": "not-found" => Answer(problems::hide_ledger),
    }
    "unauthorized" of PAYEX [10]: "the body of 401" {
        "problem": "a problem",
        "none": "none" => Answer(|x| if x.status() == S::UNAUTHORIZED { x.drop_body() }),
    }
    "method" of PAYEX [25]: "the answer to a method that a resource does not have" {
        "405": "Method Not Allowed",
        "404": "not-found" => Answer(problems::hide_method),
        "403": "forbidden" => Answer(problems::forbid_method),
    }
    "problem-type" of PAYEX [3, 4, 6]: "the form of a problem's type" {
        "relative": "as in the examples",
        "rooted": "with a slash before it" => Answer(|x| problems::prefix_type(x, "/")),
        "absolute": "with the host of the request" => Answer(problems::absolute_type),
    }
    "problem-instance" of PAYEX [7]: "the instance of a problem" {
        "guid": "a fresh GUID",
        "urn": "the same as a URI" => Answer(problems::urn_instance),
        "absent": "none" => Answer(problems::drop_instance),
    }
    "problem-keys" of PAYEX [9]: "how a parameter that failed is named" {
        "path": "by its dotted path",
        "name": "by the last part of that" => Answer(problems::flat_parameters),
    }
    "problem-parameters" of PAYEX [2]: "the parameters that failed" {
        "object": "an object of lists, as in the example",
        "list": "a list of objects with one member each" => Answer(problems::list_parameters),
    }
    "problem-members" of PAYEX [1]: "how the members of a problem are spelled" {
        "pascal": "as in the example: Type, Title",
        "lower": "as in RFC 9457: type, title" => Answer(problems::lower_members),
    }

    "gateway-created" of GATEWAY [111]: "the status of create" {
        "200": "OK",
        "201": "Created" => Answer(|x| x.instead("PUT /", S::CREATED)),
    }
    "gateway-explicit" of GATEWAY [125]: "paths that name the action, such as ~find" {
        "served": "as the plain ones",
        "unknown": "404" => Refuse(strict::explicit_actions),
    }
    "gateway-items" of GATEWAY [126]: "what can be done with one customer" {
        "served": "GET and POST",
        "none": "nothing: 405" => Refuse(strict::items),
    }
    "gateway-order" of GATEWAY [121]: "the order of a page" {
        "forward": "by id",
        "backward": "the other way round" => Answer(gateway::reverse),
    }
    "gateway-members" of GATEWAY [117]: "the members of a customer" {
        "all": "code, account and date of creation too",
        "documented": "the id and what the document names" => Answer(gateway::drop_undocumented),
    }
    "gateway-ids" of GATEWAY [117]: "the type of ids in JSON" {
        "text": "like all other members",
        "number": "a number" => Answer(gateway::number_ids),
    }
    "gateway-conflict" of GATEWAY [209]: "the status of a code that is taken" {
        "409": "Conflict",
        "400": "Bad Request" => Answer(|x| x.restate(S::CONFLICT, S::BAD_REQUEST)),
    }
    "gateway-invalid" of GATEWAY [122, 123]: "the status of what the table of members rules out" {
        "400": "Bad Request",
        "422": "Unprocessable Content" => Answer(|x| x.restate(S::BAD_REQUEST, UNPROCESSABLE)),
    }
    "gateway-errors" of GATEWAY [123]: "the body of an error" {
        "flat": "code and message",
        "nested": "in JSON both within an object" => Answer(gateway::wrap_error),
        "none": "none" => Answer(|x| if !x.status().is_success() { x.drop_body() }),
    }
    "gateway-one" of GATEWAY [115]: "what stands around a customer" {
        "bare": "nothing",
        "wrapped": "an object or an element" => Answer(gateway::wrap_one),
    }
    "gateway-list" of GATEWAY [118]: "what stands around a list in JSON" {
        "array": "nothing",
        "object": "an object that says how many there are" => Answer(gateway::wrap_list),
    }
    "gateway-xml" of GATEWAY [115]: "what the members of a customer are in XML" {
        "attributes": "attributes",
        "elements": "elements" => Answer(gateway::use_elements),
    }
    "gateway-elements" of GATEWAY [115, 118]: "the names of elements" {
        "camel": "customer, customers",
        "pascal": "Customer, ArrayOfCustomer" => Answer(gateway::name_as_dot_net),
    }

    "untyped" of WITHOUT_LEDGERS [112, 139]: "a body without a Content-Type" {
        "415": "Unsupported Media Type",
        "json": "read as JSON" => Set(Setting::UntypedBodies),
    }

    "tmf-unpatchable" of TMF [132, 133]: "what PATCH does with members that it cannot change" {
        "refused": "400, and nothing is changed",
        "ignored": "it changes the others" => Ask(tmf::ignore_unpatchable),
    }
    "tmf-first-state" of TMF [140]: "the states in which an account may begin" {
        "either": "Defined and Active",
        "defined": "Defined, as the first implementation" => Refuse(strict::only_defined),
        "active": "Active, as the example has it" => Refuse(strict::only_active),
    }
    "tmf-balance" of TMF [213]: "the balance of an account that is created with one" {
        "kept": "what was sent",
        "ignored": "none" => Ask(tmf::ignore_balance),
    }
    "tmf-queries" of TMF [149, 216, 217]: "filters, selections and pages" {
        "applied": "as the full chapter has them",
        "ignored": "every answer is whole" => Ask(tmf::ignore_queries),
    }
    "tmf-patch" of TMF [128]: "the status of PATCH" {
        "201": "as the text and the example say",
        "200": "as later versions say" => Answer(|x| x.instead("PATCH /*/*", S::OK)),
    }
    "tmf-patched" of TMF [129]: "what PATCH answers" {
        "resource": "all of it",
        "changed": "the members that were sent" => Answer(tmf::keep_changed),
    }
    "tmf-method" of TMF [152, 153]: "the status of what is ruled out" {
        "405": "Method Not Allowed",
        "404": "Not Found" => Answer(|x| x.restate(NO_METHOD, S::NOT_FOUND)),
        "403": "Forbidden" => Answer(|x| x.restate(NO_METHOD, S::FORBIDDEN)),
        "501": "Not Implemented" => Answer(|x| x.restate(NO_METHOD, S::NOT_IMPLEMENTED)),
    }
    "tmf-invalid" of TMF [132, 133, 134, 135, 136, 164]: "the status of what the rules forbid" {
        "400": "Bad Request",
        "422": "Unprocessable Content" => Answer(|x| x.restate(S::BAD_REQUEST, UNPROCESSABLE)),
    }
    "tmf-location" of TMF [224]: "whether Location says where a new resource is" {
        "present": "it does",
        "absent": "there is none, as printed" => Answer(|x| drop(x.headers().remove(LOCATION))),
    }
    "tmf-modified" of TMF [218]: "Last-Modified of a resource" {
        "http": "a date of RFC 9110",
        "printed": "11/28/13 13:30:30, as printed" => Answer(tmf::print_last_modified),
        "absent": "none" => Answer(|x| drop(x.headers().remove(LAST_MODIFIED))),
    }
    "tmf-total" of TMF [217]: "whether X-Total-Count says how many there are" {
        "present": "it does",
        "absent": "there is none" => Answer(|x| drop(x.headers().remove("x-total-count"))),
    }
    "tmf-states" of TMF [140]: "the case of the state of an account" {
        "capital": "Active, as answered in the example",
        "lower": "active, as sent in the example" => Answer(|x| members::lower(x, &["state"])),
    }
    "tmf-rating-types" of TMF [142]: "the case of ratingType" {
        "sent": "as it was sent",
        "lower": "postpaid" => Answer(|x| members::lower(x, &["ratingType"])),
        "upper": "POSTPAID" => Answer(|x| members::upper(x, &["ratingType"])),
    }
    "tmf-dates" of TMF [157]: "what follows the seconds of a date-time in UTC" {
        "kept": "what was sent",
        "short": "no zeros, and Z" => Answer(tmf::short_instants),
        "long": "six digits, and Z" => Answer(tmf::long_instants),
        "offset": "three digits, and +00:00" => Answer(tmf::instants_with_offset),
    }
    "tmf-decimals" of TMF [158]: "the zeros at the end of an amount" {
        "kept": "as they were sent",
        "short": "none" => Answer(|x| members::decimals(x, members::short)),
        "long": "two more" => Answer(|x| members::decimals(x, members::long)),
    }
    "tmf-counts" of TMF [160]: "the types of quantity, imageSize and itemNumber" {
        "shown": "as in the example: two numbers and a text",
        "swapped": "two texts and a number" => Answer(tmf::swap_counts),
    }
    "tmf-open-end" of TMF [225]: "the end of a period that is open" {
        "omitted": "no such member",
        "null": "null" => Answer(tmf::null_open_end),
    }
    "tmf-ids" of TMF [151]: "the type of ids that are digits" {
        "text": "as in the examples",
        "number": "as in its schema" => Answer(|x| members::named(x, &["id"], members::use_number)),
    }
    "tmf-hrefs" of TMF [215]: "the href of a resource" {
        "absolute": "with the host of the request",
        "relative": "a path" => Answer(tmf::relative_hrefs),
    }
    "tmf-hub" of TMF [240]: "the answer to POST of a listener" {
        "201": "the listener, as the example has it",
        "204": "no body, as the text has it" => Answer(|x| x.without_body("POST /hub", S::NO_CONTENT)),
    }
    "tmf-listeners" of TMF [240]: "how many listeners there may be" {
        "many": "a hundred",
        "one": "one, and 409 for a second" => Set(Setting::OneListener),
    }
    "tmf-event-types" of TMF [163]: "how the type of a change of state is spelled" {
        "change": "StateChange, as in the specification",
        "changed": "StateChanged, as in the first implementation" => Set(Setting::StateChanged),
    }
    "tmf-event-ids" of TMF [239]: "the type of the id of an event" {
        "text": "as in the specification",
        "number": "a number" => Set(Setting::NumberEventIds),
    }
    "tmf-list" of TMF [147]: "what stands around a collection" {
        "array": "nothing",
        "object": "an object" => Answer(tmf::wrap_list),
    }
    "tmf-errors" of TMF [164]: "the body of an error" {
        "flat": "code, reason, message and status, as later versions",
        "nested": "error and detail, as the first implementation" => Answer(tmf::nest_errors),
        "none": "none" => Answer(|x| if !x.status().is_success() { x.drop_body() }),
    }
};
