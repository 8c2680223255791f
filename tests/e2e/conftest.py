"""Fixtures: processes in fresh folders, which end with their test."""

import os
import sys

import grpc
import pytest

# The stubs' packages lie beside the installed ones of the same names.
sys.path.append(os.environ["E2E_STUBS"])
grpc.__path__.append(os.path.join(os.environ["E2E_STUBS"], "grpc"))

from service import Service  # noqa: E402


@pytest.fixture
def stopped(tmp_path):
    """A service of which nothing runs yet."""
    service = Service(tmp_path)
    yield service
    service.stop()


@pytest.fixture
def fresh(stopped):
    """A running service for one test that changes or watches it."""
    return stopped.start()


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A running service that the tests of a file share."""
    shared = Service(tmp_path_factory.mktemp("service"))
    try:
        yield shared.start()
    finally:
        shared.stop()


@pytest.fixture
def channel(service):
    with service.channel() as channel:
        yield channel
