"""A client of gRPC server reflection, such as grpcurl."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class Reflection:
    """Calls the ServerReflection service of a channel, in either version."""

    def __init__(self, channel, messages, services):
        """`messages`, `services`: the generated modules of the version."""
        self._messages = messages
        self._stub = services.ServerReflectionStub(channel)
        self._files = {}

    def ask(self, **request):
        asked = self._messages.ServerReflectionRequest(**request)
        answers = list(self._stub.ServerReflectionInfo(iter([asked]),
                                                       timeout=30))
        assert len(answers) == 1
        assert answers[0].original_request == asked
        return answers[0]

    def services(self):
        answer = self.ask(list_services="*")
        return [s.name for s in answer.list_services_response.service]

    def pool_of(self, symbol):
        """Returns a pool with the file of `symbol`, and all that it imports."""
        self._files = {}
        wanted = self._take(self.ask(file_containing_symbol=symbol))
        while wanted:
            wanted |= self._take(self.ask(file_by_filename=wanted.pop()))
            wanted -= self._files.keys()
        pool = descriptor_pool.DescriptorPool()
        self._add(pool, self._files.keys(), set())
        return pool

    def _take(self, answer):
        """Keeps the files of an answer. Returns missing files by name."""
        assert answer.HasField("file_descriptor_response"), answer
        imports = set()
        for data in answer.file_descriptor_response.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(data)
            self._files[file.name] = file
            imports |= set(file.dependency)
        return imports - self._files.keys()

    def _add(self, pool, names, added):
        for name in names:
            if name not in added:
                added.add(name)
                self._add(pool, self._files[name].dependency, added)
                pool.Add(self._files[name])


def dynamic_call(channel, pool, service, method):
    """Returns (callable, request class) of a method of `pool`."""
    found = pool.FindServiceByName(service).FindMethodByName(method)
    factory = message_factory.MessageFactory(pool)
    request = factory.GetPrototype(found.input_type)
    response = factory.GetPrototype(found.output_type)
    call = channel.unary_unary(
        f"/{service}/{method}", request_serializer=request.SerializeToString,
        response_deserializer=response.FromString)
    return call, request
