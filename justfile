# What is run by hand. The tests themselves are `cargo test`.

# A million usage records: memory, streaming and summaries at scale, with the figures.
scale:
    cargo test --release --test scale -- --ignored --nocapture a_million_records

# A million customers of the gateway: a filtered search, beside the same among a thousand.
find:
    cargo test --release --test scale -- --ignored --nocapture a_million_customers

# A run against a large target beside one against a small target, and a hundred runs on one.
large:
    cargo test --release --test large -- --ignored --nocapture --test-threads=1

# Every command of the pages in docs/, as a reader pastes it, and what the page shows of its output.
pages:
    cargo test --test pages -- --ignored --nocapture every_command

# The pictures that README shows: the HTML report of a run against the built-in server, whose records
# were changed so that it answers what the documents do not say; and the page of the demo records.
screenshots:
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build
    etalon="${CARGO_TARGET_DIR:-target}/debug/etalon"
    folder=$(mktemp -d)
    trap 'kill "$server"; rm -r "$folder"' EXIT
    "$etalon" fixtures | sed -e 's/Vodafone/Telenor/' -e 's/Kalle Axelstopp/Kalle/' > "$folder/broken.ndjson"
    "$etalon" serve --listen 127.0.0.1:8082 --load "$folder/broken.ndjson" > "$folder/serve.log" &
    server=$!
    until grep -q listening "$folder/serve.log"; do sleep 0.1; done
    # It fails, as it should.
    "$etalon" certify http://127.0.0.1:8082 --api customer,usage,gateway,tmf --seed 1 \
        --report html="$folder/report.html" > /dev/null || [ $? = 1 ]
    "$etalon" serve --listen 127.0.0.1:8083 > "$folder/demo.log" &
    trap 'kill "$server" $!; rm -r "$folder"' EXIT
    until grep -q listening "$folder/demo.log"; do sleep 0.1; done
    mkdir -p docs
    picture() {
        chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --window-size="$2" \
            --user-data-dir="$folder/profile" --screenshot="docs/$1.png" "$3" 2>> "$folder/chromium.log"
    }
    picture report 1200,1500 "file://$folder/report.html"
    picture page 1200,900 "http://127.0.0.1:8083/etalon/page/subscription?ledger=100&tree=invoices&no=2610001&subscription=46701740605"

# Whether the judge can be trusted: the audit with its table, 200 combinations of choices, 20 orders.
trust:
    cargo run --release -- audit
    cargo test --release --test trust -- --ignored --nocapture two_hundred_combinations
    cargo test --release --test order -- --ignored --nocapture twenty_orders

# A good client beside 10,000 idle connections and 1,000 slow readers of a list of a million.
strangers:
    ulimit -n 20000 && cargo test --release --test crowd -- --ignored --nocapture

# What the product takes beside what limits it; `just bench quick` in under three minutes: docs/numbers.md
bench size="full" *more:
    cargo build --release --locked
    cargo run --release --locked --manifest-path bench/Cargo.toml -- {{size}} --etalon "${CARGO_TARGET_DIR:-target}/release/etalon" {{more}}

# Ten million customers and thirty million CDRs in one file of some 20 GB: docs/numbers.md
capacity *more:
    cargo build --release --locked
    cargo run --release --locked --manifest-path bench/Cargo.toml -- capacity --etalon "${CARGO_TARGET_DIR:-target}/release/etalon" {{more}}

# Instructions and allocations of one request, CDR and exchange, counted by valgrind: docs/numbers.md
count:
    cargo build --release --locked
    cargo run --release --locked --manifest-path bench/Cargo.toml -- count --etalon "${CARGO_TARGET_DIR:-target}/release/etalon"

# Two hundred kills while accounts change and a listener drops half of its calls: no event is lost.
events:
    cargo test --release --test events -- --ignored --nocapture two_hundred_kills

# A hundred and fifty kills while snapshots are made and restored: the store is one of the two.
snapshots:
    cargo test --release --test snapshots -- --ignored --nocapture

# Three thousand damaged store files, each refused in a sentence or right, with the figures.
damage:
    cargo test --release --test damage -- --ignored --nocapture

# A fuzzer for so many seconds, over its corpus: `just fuzz records 600`. It needs a nightly compiler
# and `cargo install cargo-fuzz --locked`. What it finds stands in fuzz/artifacts, and becomes a file
# of the corpus; what it learns otherwise is not kept.
fuzz target seconds="600":
    #!/usr/bin/env bash
    set -euo pipefail
    # The same versions that are built and shipped.
    cp Cargo.lock fuzz/Cargo.lock
    learnt=$(mktemp -d)
    trap 'rm -r "$learnt"' EXIT
    cargo +nightly fuzz run {{target}} "$learnt" fuzz/corpus/{{target}} -- \
        -max_total_time={{seconds}} -timeout=20 -rss_limit_mb=4096

# Random requests by Schemathesis (`pip install schemathesis`), made of the documents: docs/openapi.md
schemathesis examples="100":
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build
    folder=$(mktemp -d)
    "${CARGO_TARGET_DIR:-target}/debug/etalon" serve --listen 127.0.0.1:8083 > "$folder/serve.log" &
    trap 'kill %1; rm -r "$folder"' EXIT
    until grep -q listening "$folder/serve.log"; do sleep 0.1; done
    cd tests/schemathesis
    for api in customer usage gateway tmf; do
        SCHEMATHESIS_HOOKS=hooks st run "http://127.0.0.1:8083/etalon/openapi/$api.json" \
            --header 'Authorization: Bearer etalon-100' --max-examples {{examples}} --seed 1 \
            --continue-on-failure --generation-database none
    done

# What is given out for this machine's target, in `dist/`: an archive with the binary, the manual,
# completions and examples; what it is built of (an SBOM by CycloneDX, `cargo install cargo-cyclonedx
# --locked`); and the checksums of both. Two runs of one commit make equal archives. With `musl` in the
# place of `gnu` nothing of a system is linked, where that target is installed.
dist libc="gnu":
    #!/usr/bin/env bash
    set -euo pipefail
    target=$(rustc -vV | sed -n 's/^host: //p' | sed 's/-gnu$/-{{libc}}/')
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
    name="etalon-$version-$target"
    # The time that whatever tells one tells, and nothing is drawn.
    export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
    cargo build --release --locked --target "$target"
    folder=$(mktemp -d)
    trap 'rm -r "$folder"' EXIT
    mkdir -p "$folder/$name"/{man,completions} dist
    cp "${CARGO_TARGET_DIR:-target}/$target/release/etalon" README.md CHANGELOG.md LICENSE-* "$folder/$name/"
    cp -r examples "$folder/$name/"
    etalon="$folder/$name/etalon"
    "$etalon" man "$folder/$name/man"
    for shell in bash zsh fish elvish powershell; do
        "$etalon" completions "$shell" > "$folder/$name/completions/etalon.$shell"
    done
    tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        -C "$folder" -cf - "$name" | gzip -n -9 > "dist/$name.tar.gz"
    # Of what runs, not of what tests it.
    cargo cyclonedx --format json --spec-version 1.5 --target "$target" --no-build-deps \
        --override-filename "$name.cdx"
    # The folder in which it was built is nobody's business.
    sed "s|path+file://$PWD#|cargo:|" "$name.cdx.json" > "dist/$name.cdx.json"
    rm "$name.cdx.json"
    (cd dist && sha256sum "$name.tar.gz" "$name.cdx.json" > "$name.sha256" && sha256sum --check "$name.sha256")
