# What CI runs, in the same order.
check:
    .ci/run

# The README's test command.
test:
    cargo test

fmt:
    cargo fmt

# Writes the committed schema again after a change of src/spec/types/file.rs.
schema:
    cargo run --quiet -- schema job > schema/job.schema.json
    cargo run --quiet -- schema config > schema/config.schema.json

# Figures, each beside a peer or a floor in the same run.
bench:
    cargo bench --bench schedule
    cargo bench --bench burst
    cargo bench --bench hung
    cargo bench --bench reload
    cargo bench --bench journal

# Plants faults in the core, one at a time, and shows which test catches each.
faults:
    python3 tools/plant_faults.py

# Writes again what of docs/ the program says: the pages of `jobsd explain`, the references of keys.
docs:
    cargo run --quiet -- explain --markdown > docs/codes.md
    tools/write_reference.sh "${CARGO_TARGET_DIR:-target}/debug/jobsd"

# 10,000 job files, beside ajv-cli and check-jsonschema (installed into a scratch folder).
bench-validate:
    cargo build --release
    python3 tools/bench_validate.py target/release/jobsd

# Ten minutes of each fuzz target (cargo install cargo-fuzz; RUSTC_BOOTSTRAP lets a stable compiler instrument).
fuzz seconds="600":
    for target in tree job cron; do RUSTC_BOOTSTRAP=1 cargo fuzz run $target -- -max_total_time={{seconds}} -max_len=4096; done

# Every round of the attacks on the promise (tools/torture.py lists its parts): 500 kills and 100 stops under full places, system calls
# that fail, full disks, files replaced under load, clocks. Goes on where it was.
torture minutes="120":
    cargo build --release
    tools/install_strace.sh
    tools/torture.py --minutes {{minutes}}

# A long life: a thousand jobs, edits, kills and readers for some hours; memory, descriptors and threads must not grow.
soak minutes="60":
    cargo build --release
    tools/soak.py --minutes {{minutes}}

# Every route against schemathesis (from PyPI into a scratch folder).
fuzz-http:
    cargo build
    python3 tools/fuzz_http.py target/debug/jobsd

# Alert rules, their tests and the real /metrics, by promtool.
check-metrics:
    cargo build
    tools/check_metrics.sh target/debug/jobsd

# The endpoint beside a bare axum hello.
bench-http:
    cargo bench --bench http
