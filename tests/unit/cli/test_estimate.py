"""`prodgen generate --estimate` and `--max-cost`."""

import json


def test_the_command_line_estimates_and_keeps_a_limit(run, tmp_path):
    mugs = [{"sku": f"mug-{n}", "title": f"Mug {n}", "category": "home/mug"} for n in range(3)]
    run("init", ".")
    with (tmp_path / "prodgen.toml").open("a") as file:
        file.write('\n[costs]\nper_hour = 2.0\nper_picture = { "fake/solid" = 0.5 }\n')
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, mugs)))
    assert run("generate", "--all")[0] == 2
    assert run("catalog", "add", "c.jsonl")[0] == 0
    words = ("--views", "orbit4", "--size", "32")
    code, out, _ = run("generate", "--all", *words, "--estimate", "--json")
    report = json.loads(out)
    assert (code, report["to_make"], report["cost"], report["currency"]) == (0, 12, 6.0, "USD")
    code, _, err = run("generate", "--all", *words, "--max-cost", "5")
    assert (code, "6.00 USD" in err) == (2, True)
    assert run("generate", "--all", *words, "--max-cost", "6")[0] == 0
    code, out, err = run("generate", "--all", *words, "--estimate")
    assert (code, "12 are there already" in err) == (0, True)
    code, out, _ = run("generate", "--all", *words, "--max-cost", "0", "--json")  # nothing is left to pay for
    assert all(variant["reused"] for variant in json.loads(out)["variants"])
    for bad, message in (
        (("generate", "--all", "mug-1"), "--all"),
        (("generate", "--all", "--category", "food"), "category food"),
        (("generate",), "--all"),
    ):
        code, _, err = run(*bad)
        assert (code, message in err, err.count("\n")) == (2, True, 1)
