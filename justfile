# What is run by hand. The tests themselves are `cargo test`.

# A million usage records: memory, streaming and summaries at scale, with the figures.
scale:
    cargo test --release --test scale -- --ignored --nocapture a_million_records

# A million customers of the gateway: a filtered search, beside the same among a thousand.
find:
    cargo test --release --test scale -- --ignored --nocapture a_million_customers

# Whether the judge can be trusted: the audit with its table, 200 combinations of switches, 20 orders.
trust:
    cargo run --release -- audit
    cargo test --release --test trust -- --ignored --nocapture two_hundred_combinations
    cargo test --release --test order -- --ignored --nocapture twenty_orders
