"""The API's refusals, with Notion's statuses, codes and words (reference §11). Nothing here knows about HTTP servers."""

from dataclasses import dataclass, field

from notion_sync_assets.emulator.json_types import Json


@dataclass
class ApiError(Exception):
    """One refused request: becomes `{object: error, status, code, message, additional_data?, request_id}`."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)
    additional_data: Json | None = None

    def body(self, request_id: str) -> Json:
        """The JSON body Notion sends."""
        extra = {"additional_data": self.additional_data} if self.additional_data else {}
        head = {"object": "error", "status": self.status, "code": self.code, "message": self.message}
        return {**head, **extra, "request_id": request_id}


def invalid(message: str) -> ApiError:
    """400 `validation_error`."""
    return ApiError(400, "validation_error", message)


def invalid_url() -> ApiError:
    """400 `invalid_request_url`: Notion's answer to an unknown path."""
    return ApiError(400, "invalid_request_url", "Invalid request URL.")


def unauthorized() -> ApiError:
    """401: no token, or not this one."""
    return ApiError(401, "unauthorized", "API token is invalid.")


def read_only() -> ApiError:
    """403: the connection has read capabilities only."""
    return ApiError(403, "restricted_resource", "Insufficient permissions for this endpoint.")


def missing_version() -> ApiError:
    """400 `missing_version`: every request names its version (reference §1)."""
    return ApiError(
        400,
        "missing_version",
        "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.",
    )


def not_found(kind: str, object_id: str, integration_id: str | None) -> ApiError:
    """404: missing or not shared, Notion never says which."""
    if kind == "user":
        return ApiError(
            404,
            "object_not_found",
            f"Could not find user with ID: {object_id}. Make sure your integration has capabilities to read user "
            "information. With those capabilities, only members and guests in the integration's workspace are "
            "visible.",
        )
    # What the recorded API answers for a data source that is not there names a database.
    shown = "database" if kind == "data_source" else kind
    return ApiError(
        404,
        "object_not_found",
        f"Could not find {shown} with ID: {object_id}. Make sure the relevant pages and databases are shared with "
        'your integration "emulator".',
        additional_data={"integration_id": integration_id} if integration_id else None,
    )


def rate_limited(retry_after: int, reason: str = "public_api_request_rate_limit") -> ApiError:
    """429 with `Retry-After` in whole seconds, and the reason in the body."""
    return ApiError(
        429,
        "rate_limited",
        "You have been rate limited. Please try again in a few minutes.",
        {"Retry-After": str(retry_after)},
        {"rate_limit_reason": reason, "retry_after": retry_after},
    )
