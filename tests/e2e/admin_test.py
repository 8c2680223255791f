"""Projects and keys, as an operator makes them over gRPC."""

import time

import grpc
import pytest
from google.protobuf import field_mask_pb2, timestamp_pb2

from google.api import annotations_pb2
import rest
from grpc_errors import failure
from processes import PATIENCE, Process
from service import REFERENCE, Admin
from webhooks.v1 import admin_service_pb2, admin_service_pb2_grpc

RPCS = admin_service_pb2.DESCRIPTOR.services_by_name[
    "AdminService"].methods_by_name


@pytest.fixture
def admin(service, channel):
    return service.admin(channel)


@pytest.fixture
def project(admin):
    return admin.CreateProject(name="acme")


def status_of(service, key):
    return service.get("/webhooks", headers={"x-api-key": key}).status


def test_a_key_opens_its_project_and_no_other(service, admin):
    first, second = admin.new_key("first"), admin.new_key("second")
    webhook = service.post(REFERENCE, headers={"x-api-key": first}).json()
    path = f"/webhooks/{webhook['id_webhook_endpoint']}"
    assert service.get(path, headers={"x-api-key": first}).status == 200
    assert service.get(path, headers={"x-api-key": second}).status == 404
    assert service.get("/webhooks", headers={"x-api-key": second}).json() == []


def test_projects_are_made_read_renamed_and_listed(admin):
    made = admin.CreateProject(name="Ünïcode", max_webhooks=3)
    assert admin.GetProject(id=made.id_project) == made
    renamed = admin.UpdateProject(id=made.id_project, name="new")
    assert renamed.name == "new"
    assert renamed.max_webhooks == 3
    listed, token = [], ""
    while True:
        page = admin.ListProjects(page_size=2, page_token=token)
        listed += page.projects
        token = page.next_page_token
        if not token:
            break
    assert renamed in listed


def test_limits_are_set_and_lifted_by_the_mask(admin, project):
    limited = admin.UpdateProject(id=project.id_project, max_webhooks=1,
                                  max_requests_per_second=5)
    assert limited.max_webhooks == 1
    lifted = admin.UpdateProject(
        id=project.id_project,
        update_mask=field_mask_pb2.FieldMask(paths=["max_webhooks"]))
    assert not lifted.HasField("max_webhooks")
    assert lifted.max_requests_per_second == 5


def test_a_key_is_shown_once_and_listed_by_its_prefix(admin, project):
    made = admin.CreateApiKey(id_project=project.id_project, name="ci")
    assert made.key.startswith("whk_")
    assert made.key.startswith(made.api_key.prefix)
    page = admin.ListApiKeys(id_project=project.id_project)
    assert list(page.api_keys) == [made.api_key]


def test_a_revoked_key_opens_nothing_at_once(service, admin, project):
    made = admin.CreateApiKey(id_project=project.id_project, name="ci")
    assert status_of(service, made.key) == 200
    revoked = admin.RevokeApiKey(id=made.api_key.id_api_key)
    assert revoked.HasField("revoked_at")
    assert status_of(service, made.key) == 401
    assert admin.RevokeApiKey(id=made.api_key.id_api_key) == revoked


def test_a_key_ends_at_its_end(service, admin, project):
    end = timestamp_pb2.Timestamp(seconds=int(time.time()) + 5)
    made = admin.CreateApiKey(id_project=project.id_project, name="short",
                              expires_at=end)
    assert status_of(service, made.key) == 200
    deadline = time.monotonic() + 30
    while status_of(service, made.key) == 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert time.time() >= end.seconds


def test_the_use_of_a_key_is_noted_to_the_minute(service, admin, project):
    made = admin.CreateApiKey(id_project=project.id_project, name="ci")
    assert not made.api_key.HasField("last_used_at")
    before = int(time.time()) // 60 * 60
    assert status_of(service, made.key) == 200
    deadline = time.monotonic() + 30
    while True:
        key = admin.ListApiKeys(id_project=project.id_project).api_keys[0]
        if key.HasField("last_used_at"):
            break
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert before <= key.last_used_at.seconds <= time.time()
    assert key.last_used_at.seconds % 60 == 0


def test_a_deleted_project_is_gone_with_its_keys_and_webhooks(service, admin):
    project = admin.CreateProject(name="doomed")
    key = admin.CreateApiKey(id_project=project.id_project, name="ci").key
    for _ in range(3):
        service.post(REFERENCE, headers={"x-api-key": key})
    deleted = admin.DeleteProject(id=project.id_project)
    assert deleted.webhook_count == 3
    assert status_of(service, key) == 401
    for call in (admin.GetProject, admin.DeleteProject):
        code, reason, _ = failure(lambda: call(id=project.id_project))
        assert (code, reason) == (grpc.StatusCode.NOT_FOUND,
                                  "PROJECT_NOT_FOUND")


def test_a_deleted_first_project_does_not_come_back(fresh):
    key = fresh.key
    with fresh.channel() as channel:
        admin = fresh.admin(channel)
        admin.DeleteProject(id=admin.ListProjects().projects[0].id_project)
    fresh.server.stop()
    fresh.restart_server()
    fresh.await_ready()
    assert status_of(fresh, key) == 401
    with fresh.channel() as channel:
        assert not fresh.admin(channel).ListProjects().projects


def test_a_project_has_no_more_webhooks_than_it_may(service, admin, project):
    headers = {"x-api-key": admin.CreateApiKey(
        id_project=project.id_project, name="ci").key}
    admin.UpdateProject(id=project.id_project, max_webhooks=1)
    first = service.post(REFERENCE, headers=headers)
    second = service.post(REFERENCE, headers=headers)
    assert (first.status, second.status) == (201, 429)
    assert second.reason() == "WEBHOOK_LIMIT_REACHED"
    assert second.header("retry-after") == "1"
    assert [d for d in second.error()["details"]
            if d["@type"].endswith("RetryInfo")] == []


def test_a_project_makes_no_more_requests_a_second_than_it_may(
        service, admin, project):
    headers = {"x-api-key": admin.CreateApiKey(
        id_project=project.id_project, name="ci").key}
    admin.UpdateProject(id=project.id_project, max_requests_per_second=1)
    answers = [service.get("/webhooks", headers=headers) for _ in range(20)]
    refused = [a for a in answers if a.status == 429]
    assert answers[0].status == 200
    assert refused
    assert refused[0].reason() == "REQUEST_RATE_EXCEEDED"
    assert int(refused[0].header("retry-after")) >= 1
    assert service.get("/webhooks").status == 200


@pytest.mark.parametrize("fields, violated", [
    ({"name": ""}, ["name"]), ({"name": "x" * 201}, ["name"]),
    ({"name": "a\nb", "max_webhooks": -1, "max_requests_per_second": 0},
     ["name", "max_webhooks", "max_requests_per_second"])])
def test_a_project_that_cannot_be_is_refused(admin, fields, violated):
    code, _, found = failure(lambda: admin.CreateProject(**fields))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert found == violated


def test_a_key_that_has_ended_before_it_begins_is_refused(admin, project):
    code, _, fields = failure(lambda: admin.CreateApiKey(
        id_project=project.id_project, name="late",
        expires_at=timestamp_pb2.Timestamp(seconds=1)))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert fields == ["expires_at"]


def test_a_creation_repeated_with_its_request_id_is_one(admin):
    made = [admin.CreateProject(name="once", request_id="p1")
            for _ in range(2)]
    assert made[0] == made[1]
    keys = [admin.CreateApiKey(id_project=made[0].id_project, name="k",
                               request_id="k1") for _ in range(2)]
    assert keys[0] == keys[1]
    assert len(admin.ListApiKeys(
        id_project=made[0].id_project).api_keys) == 1


def test_a_creation_of_a_key_is_not_repeated_for_a_project_that_is_gone(admin):
    project = admin.CreateProject(name="doomed").id_project
    wanted = {"id_project": project, "name": "k", "request_id": "doomed key"}
    admin.CreateApiKey(**wanted)
    admin.DeleteProject(id=project)
    code, reason, _ = failure(lambda: admin.CreateApiKey(**wanted))
    assert (code, reason) == (grpc.StatusCode.NOT_FOUND, "PROJECT_NOT_FOUND")


@pytest.mark.parametrize("rpc", RPCS)
def test_only_the_admin_key_opens_the_admin_service(service, channel, rpc):
    for key, reason in ((service.key, "ADMIN_KEY_INVALID"),
                        (service.admin_key + "x", "ADMIN_KEY_INVALID"),
                        ("", "API_KEY_MISSING")):
        code, found, _ = failure(getattr(Admin(channel, key), rpc))
        assert (code, found) == (grpc.StatusCode.UNAUTHENTICATED, reason)
    with pytest.raises(grpc.RpcError) as without:
        channel.unary_unary(f"/webhooks.v1.AdminService/{rpc}")(
            b"", timeout=PATIENCE)
    assert without.value.code() == grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("rpc", RPCS)
def test_nothing_of_the_admin_service_is_for_the_gateway(rpc):
    options = RPCS[rpc].GetOptions()
    assert not options.HasExtension(annotations_pb2.http)


def test_the_admin_key_opens_nothing_else(service):
    assert status_of(service, service.admin_key) == 401


def test_an_administrator_works_on_a_project_without_a_key_of_it(
        service, admin, project):
    headers = {"x-api-key": service.admin_key, "x-project": project.id_project,
               "x-request-id": "by-admin"}
    made = service.post(REFERENCE, headers=headers)
    assert made.status == 201
    assert made.json()["id_project"] == project.id_project
    key = admin.CreateApiKey(id_project=project.id_project, name="own").key
    assert service.get("/webhooks", headers={"x-api-key": key}).json() == [
        made.json()]
    line = service.server.await_line("request_id=by-admin").string
    assert f"project_id={project.id_project} caller=administrator" in line
    service.get("/webhooks", headers={"x-api-key": key, "x-request-id": "own"})
    assert "caller=" not in service.server.await_line("request_id=own").string


def test_a_gateway_can_refuse_administrators(service, project):
    """Its own key opens a project there as before."""
    with Process("webhook-gateway", "--listen=127.0.0.1:0",
                 f"--server={service.server.address}",
                 "--accept_project_header=false") as gateway:
        def status(headers):
            answer = rest.request(gateway.address, "GET", "/webhooks", headers)
            return answer.status, answer.status != 200 and answer.reason()

        end = time.monotonic() + PATIENCE
        while status({"x-api-key": service.key}) != (200, False):
            assert time.monotonic() < end
        assert status({"x-api-key": service.admin_key,
                       "x-project": project.id_project}) == (
                           400, "INVALID_HEADER")


@pytest.mark.parametrize("named, status, reason", [
    ("01a209fb-2afb-75e7-a20a-e4a006e1884b", 404, "PROJECT_NOT_FOUND"),
    ("acme", 400, "INVALID_PROJECT"), ("", 400, "INVALID_PROJECT")])
def test_an_administrator_names_a_project_that_exists(
        service, named, status, reason):
    response = service.get("/webhooks", headers={
        "x-api-key": service.admin_key, "x-project": named})
    assert (response.status, response.reason()) == (status, reason)


def test_a_key_opens_no_other_project_that_it_names(service, admin, project):
    key = admin.new_key()
    response = service.get("/webhooks", headers={
        "x-api-key": key, "x-project": project.id_project})
    assert (response.status, response.reason()) == (400, "PROJECT_MISMATCH")
    own = admin.CreateApiKey(id_project=project.id_project, name="own").key
    assert service.get("/webhooks", headers={
        "x-api-key": own, "x-project": project.id_project}).status == 200


def test_calls_of_administrators_name_their_project_in_the_request(
        service, channel, project):
    stub = admin_service_pb2_grpc.AdminServiceStub(channel)
    code, reason, _ = failure(lambda: stub.ListProjects(
        admin_service_pb2.ListProjectsRequest(), timeout=PATIENCE,
        metadata=(("x-api-key", service.admin_key),
                  ("x-project", project.id_project))))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT,
                              "INVALID_PROJECT")


def test_the_gateway_has_no_way_to_the_admin_service(service):
    headers = {"x-api-key": service.admin_key}
    for path in ("/projects", "/webhooks.v1.AdminService/ListProjects"):
        for method in ("GET", "POST"):
            response = service.request(method, path, headers=headers)
            assert response.status == 404


def test_an_emptied_file_gets_a_new_admin_key_that_replaces_the_old_one(fresh):
    file = fresh.folder / "admin-key"
    old = fresh.admin_key
    file.write_text("")
    fresh.server.await_line(f"admin key reloaded file={file}$")
    new = file.read_text().strip()
    assert new != old
    with fresh.channel() as channel:
        assert Admin(channel, new).ListProjects().projects
        code, reason, _ = failure(lambda: Admin(channel, old).ListProjects())
    assert (code, reason) == (grpc.StatusCode.UNAUTHENTICATED,
                              "ADMIN_KEY_INVALID")


def test_the_servers_are_listed(admin):
    servers = admin.ListServers().servers
    assert [server.answering for server in servers] == [True]
    assert not servers[0].leaving
    # The shared service runs with --deliver=false.
    assert not servers[0].delivers
