# What CI runs, in the same order.
check:
    .ci/run

# The README's test command.
test:
    cargo test

fmt:
    cargo fmt

# Writes the committed schema again after a change of src/spec/file.rs.
schema:
    cargo run --quiet -- schema job > schema/job.schema.json
    cargo run --quiet -- schema config > schema/config.schema.json

# Figures, each beside a peer or a floor in the same run.
bench:
    cargo bench --bench schedule

# Plants faults in the core, one at a time, and shows which test catches each.
faults:
    python3 tools/plant_faults.py

# Writes the pages of `jobsd explain` again.
docs:
    cargo run --quiet -- explain --markdown > docs/codes.md
