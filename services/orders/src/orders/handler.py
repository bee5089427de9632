"""The HTTP API: reads the event, calls the core, writes the answer.

Events are of API Gateway's payload format 2.0:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import json
import uuid
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.exceptions import (
    BadRequestError,
    NotFoundError,
    ServiceUnavailableError,
)
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from . import http_5xx, pricing, receipts
from .catalogue import CATALOGUE
from .keys import KeyCache, Keys, KeysUnavailableError

# A receipt may be younger than the keys held here; this bounds how often that is looked into.
RECHECK_SECONDS = 30.0

app = APIGatewayHttpResolver()
logger = Logger(service="orders")
keys = KeyCache()


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request, and count whether the answer is HTTP 5xx."""
    status = http_5xx.SERVER_ERROR
    try:
        answer = app.resolve(event, context)
        status = answer["statusCode"]
    finally:
        arn, version = context.invoked_function_arn, context.function_version
        print(http_5xx.line(status, arn=arn, version=version))
    return answer


@app.get("/health")
def health() -> dict[str, str]:
    """Say that this version runs."""
    return {"status": "ok"}


@app.get("/catalogue")
def catalogue() -> dict[str, Any]:
    """List what can be ordered."""
    return {
        "items": [
            {"sku": sku, "name": product.name, "priceCents": product.price_cents}
            for sku, product in CATALOGUE.items()
        ]
    }


@app.post("/orders")
def place_order() -> tuple[dict[str, Any], int]:
    """Price an order and sign it."""
    try:
        order = pricing.price(_body(), order_id=uuid.uuid4().hex, catalogue=CATALOGUE)
    except pricing.InvalidOrderError as error:
        raise BadRequestError(str(error)) from None
    document = order.as_document()
    receipt = receipts.sign(document, _keys().current)
    logger.info(
        "order placed",
        extra={"order_id": order.order_id, "total_cents": order.total_cents},
    )
    return {**document, "receipt": receipt}, 201


@app.get("/orders/<receipt>")
def read_order(receipt: str) -> dict[str, Any]:
    """Give an order back to whoever holds its receipt."""
    try:
        return _verified(receipt)
    except receipts.MalformedReceiptError:
        raise BadRequestError("the path must be /orders/ and a receipt from POST /orders") from None
    except receipts.UnknownReceiptError:
        raise NotFoundError("there is no order with this receipt") from None


def _verified(receipt: str) -> dict[str, Any]:
    try:
        return receipts.verify(receipt, _keys().verifying)
    except receipts.UnknownReceiptError:
        return receipts.verify(receipt, _keys(max_age_seconds=RECHECK_SECONDS).verifying)


def _keys(**freshness: float) -> Keys:
    try:
        return keys.get(**freshness)
    except KeysUnavailableError:
        logger.exception("no signing key")
        raise ServiceUnavailableError("orders cannot be signed or read now: try later") from None


def _body() -> object:
    try:
        return json.loads(app.current_event.decoded_body or "")
    except (ValueError, RecursionError):
        raise pricing.InvalidOrderError("the body must be JSON") from None
