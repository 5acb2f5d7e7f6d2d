"""``/files``: upload, list, read and delete the files that agents get as inputs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from agents.core.media.kinds import MAX_BYTES
from agents.services.files import delete_file, get_file, list_files, read_content, store_file
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Files"])


class FileOut(Schema):
    """A stored file, without its content."""

    model_config = example(
        id="8d0c7c06-4a8e-4f7e-9d6f-0d3f5b1f2a10",
        name="receipt.png",
        media_type="image/png",
        size=48210,
        sha256="9f2c1b7e5d3a4c6b8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f",
        created_by_label="Ada",
        created_at="2026-11-22T09:00:00Z",
    )

    id: UUID
    name: str
    media_type: str = Field(description="Told by the content, whatever the name says.")
    size: int = Field(description="In bytes.")
    sha256: str
    created_by_label: str
    created_at: datetime


@router.post(
    "",
    auth=KeyAuth(Permission.RUN),
    response=answers({201: FileOut}, *BODY),
    operation_id="upload_file",
    summary="Upload a file",
    description='One file of at most 20 MB, as `multipart/form-data` in the part `file`. Give `{"file": "<id>"}` as the '
    "value of an input that takes files. The same content under the same name is the same file.",
)
def upload(request: ApiRequest, response: HttpResponse, file: File[UploadedFile]) -> Status[Any]:
    if (file.size or 0) > MAX_BYTES:
        told = f"the file has {file.size:,} bytes; allowed are at most {MAX_BYTES:,}"
        raise Invalid(problems=[{"where": "file", "message": told}])
    stored = store_file(principal=request.auth, name=file.name or "file", content=file.read())
    response["Location"] = f"{request.path}/{stored.id}"
    return Status(201, stored)


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[FileOut]}, 422),
    operation_id="list_files",
    summary="List files",
    description="Newest first.",
)
def list_all(request: ApiRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    return page_of(list_files(request.auth), key=lambda stored: str(stored.id), cursor=cursor, limit=limit)


@router.get(
    "/{uuid:file_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: FileOut}, 404),
    operation_id="get_file",
    summary="Get a file",
    description="What is known of it; `/content` has its bytes.",
)
def get(request: ApiRequest, file_id: UUID) -> Any:
    return get_file(request.auth, file_id)


@router.get(
    "/{uuid:file_id}/content",
    auth=KeyAuth(Permission.READ),
    response=answers({}, 404),
    operation_id="get_file_content",
    summary="Get a file's content",
    description="The bytes as they were uploaded, as an attachment.",
    openapi_extra={
        "responses": {
            200: {
                "description": "The bytes.",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def content(request: ApiRequest, file_id: UUID) -> HttpResponse:
    stored = get_file(request.auth, file_id)
    answer = HttpResponse(read_content(request.auth, file_id), content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}"
    return answer


@router.delete(
    "/{uuid:file_id}",
    auth=KeyAuth(Permission.RUN),
    response=answers({204: None}, 404),
    operation_id="delete_file",
    summary="Delete a file",
    description="For good. Runs that used it keep its name and digest in their journals, and cannot send it again.",
)
def delete(request: ApiRequest, file_id: UUID) -> Status[None]:
    delete_file(principal=request.auth, file_id=file_id)
    return Status(204, None)
