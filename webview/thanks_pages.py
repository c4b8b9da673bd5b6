"""Where the payment provider's pages lead back to: they say thank you and do nothing, since anybody can open them.

What has come of it is told by mail, when the provider itself has been asked.
"""

from starlette.requests import Request
from starlette.responses import Response

from webview.site import Site

PAID_PATH = "/payment-done"
CARD_PATH = "/card-done"


def thanks_page(site: Site, request: Request) -> Response:
    """After a payment, or after a card was given without one. The store is not asked, so that it need not be there."""
    return site.open_page(request, "thanks.html", None, is_card=request.url.path == CARD_PATH)
