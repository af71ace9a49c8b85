//! Prints the schema: `cargo run -p wcc-api --example schema -- plain`, or `federation`.
#![allow(missing_docs, unreachable_pub, reason = "no library")]

fn main() {
    let federated = std::env::args().nth(1).as_deref() == Some("federation");
    let sdl = if federated {
        wcc_api::federation_sdl()
    } else {
        wcc_api::schema_sdl()
    };
    print!("{sdl}");
}
