"""Who are the account's customers?"""

from debtflow.demo.local_stripe import events, listing
from debtflow.demo.local_stripe.call import Call, Routes
from debtflow.demo.local_stripe.errors import JSON
from debtflow.demo.local_stripe.form import Params

TEXTS = ("description", "email", "name", "phone")


def create(call: Call) -> JSON:
    call.params.only(*TEXTS, "metadata", "address", "payment_method")
    customer = call.new(
        "customer",
        "cus",
        address=_address(call.params),
        balance=0,
        currency=None,
        default_source=None,
        delinquent=False,
        invoice_settings={"default_payment_method": None},
        shipping=None,
        tax_exempt="none",
        **{name: call.params.text(name) for name in TEXTS},
    )
    customer["metadata"] = call.params.metadata()
    call.save(customer)
    events.emit(call, "customer.created", customer)
    if method := call.params.text("payment_method"):
        from debtflow.demo.local_stripe.payment_methods import attach_to, found

        attach_to(call, found(call, method), customer["id"])
    return customer


def _address(params: Params) -> JSON | None:
    if "address" not in params:
        return None
    address = params.nested("address")
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    address.only(*names)
    return {name: address.text(name) for name in names}


def retrieve(call: Call, customer_id: str) -> JSON:
    return call.get("customer", customer_id)


def update(call: Call, customer_id: str) -> JSON:
    call.params.only(*TEXTS, "metadata", "address", "invoice_settings")
    customer = call.get("customer", customer_id)
    before = dict(customer)
    for name in TEXTS:
        if name in call.params:
            customer[name] = call.params.text(name)
    if "address" in call.params:
        customer["address"] = _address(call.params)
    if method := call.params.nested("invoice_settings").text("default_payment_method"):
        call.get("payment_method", method, "invoice_settings[default_payment_method]")
        customer["invoice_settings"] = {"default_payment_method": method}
    customer["metadata"] = call.params.metadata(customer["metadata"])
    call.save(customer)
    changed = {name: before[name] for name in customer if before[name] != customer[name]}
    events.emit(call, "customer.updated", customer, changed)
    return customer


def list_customers(call: Call) -> JSON:
    call.params.only(*listing.PAGING, "email")
    return listing.page(call, "customer", email=call.params.text("email"))


def methods(call: Call, customer_id: str) -> JSON:
    call.params.only(*listing.PAGING, "type", "allow_redisplay")
    call.get("customer", customer_id, "customer")
    return listing.page(call, "payment_method", customer=customer_id, type=call.params.text("type"))


def search(call: Call) -> JSON:
    call.params.only("query", "limit", "page")
    return listing.search(call, "customer")


ROUTES: Routes = {
    ("POST", "/v1/customers"): create,
    ("GET", "/v1/customers"): list_customers,
    ("GET", "/v1/customers/search"): search,
    ("GET", "/v1/customers/{id}"): retrieve,
    ("POST", "/v1/customers/{id}"): update,
    ("GET", "/v1/customers/{id}/payment_methods"): methods,
}
