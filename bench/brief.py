"""What the brief costs of one account with many messages, beside the trail of the same account and a bare page, in the same run.

    .venv/bin/python -m bench.brief                        10,000 messages in discussions of 20
    .venv/bin/python -m bench.brief --posts 1000 --topic 500

CPU of this process (median of 40), so that a busy machine disturbs it little; and the first of all, by the clock.
"""

import argparse
import tempfile
import time
from pathlib import Path

import wsgi
from bench import moving, world
from bench.bare import bare_app
from bench.pages import cost, signed_in
from portal.kernel import logs
from portal.kernel.clock import now, rfc3339
from portal.web.launcher import collect_seldom
from tests.counting import counting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--topic", type=int, default=world.A_TOPIC, help="messages a discussion")
    told = parser.parse_args()
    logs.set_up("warning")
    with tempfile.TemporaryDirectory() as folder:
        made = world.make(Path(folder) / "data", told.posts, 20, 2000, a_room=told.posts, a_topic=told.topic)
        moving.indexed(made)  # labels and promises are found on the way
        app = wsgi.create_app(house=made.house)
        collect_seldom()
        rep = signed_in(app, made.house, world.rep_of(0))
        account = f"/accounts/{made.account}"
        began = time.perf_counter()
        assert rep.get(f"{account}/brief").status_code == 200
        print(f"{told.posts} messages in one account, {told.topic} a discussion; the first brief took {time.perf_counter() - began:.2f} s")
        bare = bare_app().test_client()
        asked = [("a bare Flask page", bare, "/"), ("the account", rep, account), ("its trail", rep, f"{account}/trail")]
        present = rfc3339(now())
        asked += [("its brief", rep, f"{account}/brief")]
        asked += [("its brief as of a moment, as known then", rep, f"{account}/brief?as_of={present}&known_at={present}")]
        print("| page | CPU ms | times a bare page | queries | KB |\n| --- | --- | --- | --- | --- |")
        floor = 0.0
        for name, client, path in asked:
            found = cost(lambda client=client, path=path: client.get(path))  # type: ignore[misc]
            floor = floor or found["cpu_ms"]
            with counting(made.house) as statements:
                client.get(path)
            queries = len(statements) if path != "/" else 0
            print(f"| {name} | {found['cpu_ms']} | {found['cpu_ms'] / floor:.1f} | {queries} | {found['bytes'] / 1000:.0f} |")
        made.house.close()


if __name__ == "__main__":
    main()
