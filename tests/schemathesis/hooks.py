"""Data that no schema can ask for: what is stored here, and members that depend on each other."""
import random
import re
import urllib.parse
import schemathesis
from hypothesis import strategies as st

schemathesis.openapi.format("country-code", st.sampled_from("SE NO DK FI DE US GB FR se no Dk".split()))
schemathesis.openapi.format("required-text", st.text(min_size=1, max_size=10, alphabet=st.characters(exclude_categories=["Cc", "Cs"])).map(lambda s: "a" + s))
REAL = {
    "ledger": ["100"],
    "customerNo": ["1000001", "1000002", "1000003", "1000022"],
    "surplusId": ["OP-26001", "OP-26002", "OP-26003", "OP-26006"],
    "invoiceNo": ["2610001", "2610002"],
    "subscriptionNo": ["46701740605"],
    "customerId": ["1", "2", "3"],
    "id": ["65", "66", "25", "26", "1"],
}
EXPRESSIONS = ["^S", "a$", "[0-9]+", "^\\w{2,20}$", "a|b", "}]", "(?i)SK", "\\p{L}", "."]
OTHER_THAN_TEXTS = ("offset", "limit", "fields", "sort", "$expand")
REFERRED = {"customerAccount": "15", "customerBillingCycleSpecification": "26", "customerBillFormat": "23", "customerBillPresentationMedia": "25"}

@schemathesis.deserializer("application/x-www-form-urlencoded")
def form(context, response):
    """A form has texts alone, as XML has."""
    return dict(urllib.parse.parse_qsl(response.content.decode(), keep_blank_values=True, strict_parsing=True))

@schemathesis.hook
def map_path_parameters(context, path_parameters):
    for name, value in (path_parameters or {}).items():
        # What is to be refused stays as it is.
        if lawful(value) and (name == "ledger" or (name in REAL and random.random() < 0.7)):
            path_parameters[name] = random.choice(REAL[name])
    return path_parameters

@schemathesis.hook
def map_query(context, query):
    """A regular expression is not any text, and a query has few of them."""
    named = [name for name, value in (query or {}).items() if name.endswith(".regex") and isinstance(value, str)]
    for at, name in enumerate(named):
        query[name] = random.choice(EXPRESSIONS)
        if at >= 8:
            del query[name]
    return query

@schemathesis.hook
def filter_case(context, case):
    """Neither a query nor XML nor a form has all that JSON has: what is written for the rest is lawful.

    Nothing is written as an empty value, or not at all, an array in XML as an element more, and a
    number as its text, as whatever else is in a query.
    """
    query = case.query or {}
    if any(value in (None, "", {}, []) for value in query.values()):
        return False
    if mode_of(case) == "negative" and not all(isinstance(it, str) for name, it in query.items() if name not in OTHER_THAN_TEXTS):
        return False
    is_xml, is_form = case.media_type in ("application/xml", "text/xml"), case.media_type == "application/x-www-form-urlencoded"
    if not isinstance(case.body, dict):
        return not (is_xml or is_form)
    if is_xml and not all(fits_xml(name, value) for name, value in case.body.items()):
        return False
    # Here a number would be lawful, though the schema asks for a text.
    return not (is_xml or is_form) or mode_of(case) == "positive" or all(isinstance(it, str) for it in case.body.values())

def mode_of(case):
    return case.meta.generation.mode.value if case.meta else "positive"

def fits_xml(name, value):
    # What XML cannot hold is left out of it before it is sent.
    held = not isinstance(value, str) or not re.search("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]", value)
    return held and re.fullmatch("[A-Za-z][A-Za-z0-9]*", name)

def lawful(value):
    return isinstance(value, str) and not re.search("[\0-\x1f\x7f-\x9f]|^$", urllib.parse.unquote(value))

def ordered(value):
    """Periods end after their start; numbers are within the limits of a body."""
    if isinstance(value, dict):
        for start, end in (("startDateTime", "endDateTime"), ("startPeriod", "endPeriod")):
            if isinstance(value.get(start), str) and isinstance(value.get(end), str):
                value[start], value[end] = "2013-10-01T00:00:00Z", "2013-10-31T00:00:00Z"
        # The names of the one kind may stand beside those of the other, with the same values.
        for one, other in (("startDateTime", "startPeriod"), ("endDateTime", "endPeriod")):
            if one in value and other in value:
                value[one] = value[other]
        return {name: ordered(it) for name, it in value.items()}
    if isinstance(value, list):
        return [ordered(it) for it in value]
    if isinstance(value, float) and (abs(value) > 1e12 or 0 < abs(value) < 1e-6):
        return 1.5
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**27:
        return 7
    return value

@schemathesis.hook
def before_call(context, case, kwargs):
    if mode_of(case) == "positive" and isinstance(case.body, dict):
        case.body = fitting(case.operation.definition.raw["operationId"].replace("-at-slash", ""), ordered(case.body))

def fitting(operation, body):
    if operation in ("create-customer", "generate-consumer-customer-by-reg-no") and body.get("customerNo") is None:
        body["customerNo"] = str(random.randrange(2_000_000, 9_000_000))
    if operation == "update-customer" and isinstance(body.get("eDIAddressInfo"), dict) and body["eDIAddressInfo"].get("BuyerId") is None:
        body["eDIAddressInfo"]["BuyerId"] = "123456"
    if operation == "patch-billing-account":
        body.pop("state", None)
        if isinstance(body.get("validFor"), dict):
            body["validFor"] = {"startDateTime": "2013-10-01T00:00:00Z", "endDateTime": "2013-10-31T00:00:00Z"}
    if operation in ("create-billing-account", "patch-billing-account"):
        for name, id in REFERRED.items():
            if isinstance(body.get(name), dict):
                body[name] = {"id": id}
    if operation == "add-listener":
        body["callback"] = "http://localhost:9/" + str(random.randrange(1000))
        if body.get("query") is not None:
            body["query"] = random.choice(["", "eventType=SettlementNoteAdviceNotification"])
    return body
