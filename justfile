# What is run by hand. The tests themselves are `cargo test`.

# A million usage records: memory, streaming and summaries at scale, with the figures.
scale:
    cargo test --release --test scale -- --ignored --nocapture a_million_records

# A million customers of the gateway: a filtered search, beside the same among a thousand.
find:
    cargo test --release --test scale -- --ignored --nocapture a_million_customers
