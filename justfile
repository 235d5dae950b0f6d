# What is run by hand. The tests themselves are `cargo test`.

# A million usage records: memory, streaming and summaries at scale, with the figures.
scale:
    cargo test --release --test scale -- --ignored --nocapture
