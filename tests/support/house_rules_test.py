#!/usr/bin/python3
"""Tests house_rules.py."""

import pathlib
import tempfile
import unittest

import house_rules


class HouseRules(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def assert_violations(self, count):
        self.assertEqual(len(list(house_rules.violations(self.root))), count)

    def assert_include(self, path, include, allowed):
        self.write(path, f"#include {include}\n")
        self.assert_violations(0 if allowed else 1)

    def test_storage_may_not_include_the_server(self):
        self.assert_include("storage/a.cc", '"server/call/call.h"', False)

    def test_proto_may_not_include_storage(self):
        self.assert_include("proto/rpc/a.h", '"storage/store.h"', False)

    def test_the_gateway_may_not_include_storage(self):
        self.assert_include("gateway/a.h", '"storage/store.h"', False)

    def test_the_gateway_may_not_include_a_service(self):
        self.assert_include("gateway/a.h", '"server/services/a.h"', False)

    def test_the_gateway_may_not_include_generated_messages(self):
        self.assert_include("gateway/a.h", '"webhooks/v1/webhook.pb.h"', False)

    def test_nothing_may_include_tests(self):
        self.assert_include("server/a.cc", '"tests/support/a.h"', False)

    def test_an_include_is_a_full_path(self):
        self.assert_include("server/a.cc", '"a.h"', False)

    def test_an_include_does_not_climb(self):
        self.assert_include("server/a.cc", '"server/../storage/a.h"', False)

    def test_own_includes_stand_in_quotes(self):
        self.assert_include("tests/unit/a.cc", "<server/a.h>", False)

    def test_the_server_may_include_storage(self):
        self.assert_include("server/a.cc", '"storage/store.h"', True)

    def test_the_gateway_may_include_the_runtime(self):
        self.assert_include("gateway/a.cc", '"server/runtime/log.h"', True)

    def test_the_server_may_not_know_a_backend(self):
        self.assert_include("server/a.cc", '"storage/sqlite/backend.h"', False)

    def test_a_table_may_allow_the_files_of_one_folder(self):
        self.table("`server/b/*.h`")
        self.assert_violations(0)

    def test_tests_may_include_everything(self):
        self.assert_include("tests/unit/a.cc", '"server/call/call.h"', True)

    def table(self, allowed):
        self.write("server/README.md", "| folder | may include |\n|---|---|\n"
                   f"| `a/` | {allowed} |\n| `b/` | nothing |\n")
        self.write("server/b/b.h", "")
        self.write("server/b/README.md", "`b.h`")
        self.write("server/a/README.md", "`a.h`")
        self.write("server/a/a.h", '#include "server/b/b.h"\n')

    def test_a_folder_may_include_what_its_table_says(self):
        self.table("`b/`")
        self.assert_violations(0)

    def test_a_folder_may_not_include_what_its_table_does_not_say(self):
        self.table("nothing")
        self.assert_violations(1)

    def test_a_table_names_folders_that_are_there(self):
        self.table("`c/`")
        self.assert_violations(1)

    def test_a_readme_lists_every_file(self):
        self.write("server/a/README.md", "`a.h`, `b_*.cc`, `{c,d}.h`, `FooBar`")
        for name in ("a.h", "a.cc", "b_1.cc", "c.h", "d.h", "foo_bar.h"):
            self.write(f"server/a/{name}", "")
        self.assert_violations(0)
        self.write("server/a/e.h", "")
        self.assert_violations(1)

    def test_a_readme_names_only_files_that_are_there(self):
        self.write("server/a/README.md", "`a.h` and `gone.h`")
        self.write("server/a/a.h", "")
        self.assert_violations(1)

    def test_a_page_names_only_paths_that_are_there(self):
        self.write("CONTRIBUTING.md", "`server/a.cc`, `server/`, `GET /a/b`")
        self.write("server/a.cc", "")
        self.assert_violations(0)
        self.write("CONTRIBUTING.md", "`server/b.cc`")
        self.assert_violations(1)

    def test_the_top_level_holds_only_what_belongs_there(self):
        self.write("scripts/release", "")
        self.assert_violations(1)

    def test_a_package_host_does_not_belong_in_the_tree(self):
        self.write("tests/a.json", '"https://registry.' + 'npm' + 'js.org/x"')
        self.assert_violations(1)

    def test_a_path_of_one_machine_does_not_belong_in_the_tree(self):
        self.write("README.md", "cd /" + "home/me/webhooks")
        self.assert_violations(1)

    def test_what_was_built_is_not_looked_at(self):
        self.write("build/a.txt", "/" + "home/me")
        self.assert_violations(0)


if __name__ == "__main__":
    unittest.main()
