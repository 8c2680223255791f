"""What a failed gRPC call says."""

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2


def failure(call):
    """The code, reason and fields complained of when `call` fails."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error = caught.value
    details = dict(error.trailing_metadata()).get("grpc-status-details-bin")
    assert details, error
    status = status_pb2.Status.FromString(details)
    assert status.code == error.code().value[0]
    assert status.message == error.details()
    info = error_details_pb2.ErrorInfo()
    request = error_details_pb2.BadRequest()
    for detail in status.details:
        if not detail.Unpack(info):
            detail.Unpack(request)
    assert info.domain == "webhooks"
    return (error.code(), info.reason,
            [violation.field for violation in request.field_violations])
