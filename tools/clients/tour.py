"""Shops with the generated Python client: tour.py URL"""

import json
import sys

from openapi_client import ApiClient, ApiException, CartApi, CatalogueApi, Configuration, OrdersApi, SessionsApi
from openapi_client.models import AddItemRequest, CheckoutRequest, GuestOptions, Payment, TestPayment
from openapi_client.models.check_out_error import CheckOutError

store = sys.argv[1]
configuration = Configuration(host=store)
client = ApiClient(configuration)
client.set_default_header("Origin", store)

session = SessionsApi(client).begin_guest_session(GuestOptions())
configuration.access_token = session.user_token
assert session.user.kind == "guest", session

[mug] = [item for item in CatalogueApi(client).list_items(search="mug").items if item.id == "badger-enamel-mug"]
assert any(category.name == mug.category for category in CatalogueApi(client).list_categories().categories)

cart = CartApi(client)
cart.add_to_cart(AddItemRequest(id=mug.id))
changed = cart.add_to_cart(AddItemRequest(id=mug.id, quantity=2), idempotency_key="two-more-mugs")
assert [(line.id, line.quantity) for line in changed.cart] == [(mug.id, 3)], changed


def pay(token: str):
    return CheckoutRequest(payment=Payment(TestPayment(method="test", token=token)))


orders = OrdersApi(client)
assert orders.quote_checkout().totals.total.amount == 3 * mug.price.amount
paid = orders.check_out(pay("approve"), idempotency_key="first-order").order
assert (paid.status, paid.total.amount) == ("paid", 3 * mug.price.amount), paid
assert orders.find_order(paid.id).lines == paid.lines
assert [order.id for order in orders.list_orders().orders] == [paid.id]
assert cart.read_cart().cart == []

cart.add_to_cart(AddItemRequest(id=mug.id))
try:
    orders.check_out(pay("decline"))
    raise AssertionError("the payment was not declined")
except ApiException as error:
    problem = CheckOutError.from_json(error.body).actual_instance
    assert (error.status, problem.code, problem.reason) == (402, "PAYMENT_DECLINED", "card_declined"), error
    assert orders.find_order(problem.order_id).status == "declined"
assert len(cart.read_cart().cart) == 1
print("python: " + json.dumps({"order": str(paid.id), "declined": str(problem.order_id)}))
