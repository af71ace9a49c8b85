//! Serves a made-up England, for the checks in `tests/audit` and for looking at GraphiQL:
//! `cargo run -p wcc-api --example serve -- 127.0.0.1:8080`.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::panic,
    reason = "made-up data for checks, no library"
)]

#[path = "../tests/support/england.rs"]
mod england;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let api = wcc_api::Api::new(england::programme(152), wcc_api::Settings::default());
        let listener = tokio::net::TcpListener::bind(&address).await?;
        println!("serving http://{}/graphql", listener.local_addr()?);
        wcc_api::serve(listener, api, std::future::pending()).await?;
        Ok(())
    })
}
