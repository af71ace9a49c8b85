//! The committed SDL equals the schema. `UPDATE=1` rewrites it; review the diff.

use std::path::Path;

fn compare(file: &str, sdl: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let sdl = format!("{}\n", sdl.trim_end());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &sdl).expect("the SDL can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let first = committed.lines().zip(sdl.lines()).position(|(a, b)| a != b);
    assert!(
        committed == sdl,
        "{file} is not the schema's SDL from line {} on: run UPDATE=1 cargo test -p wcc-api --test schema and review the diff",
        first.map_or(0, |line| line + 1),
    );
}

#[test]
fn plain_sdl_is_committed() {
    compare("schema.graphql", &wcc_api::schema_sdl());
}

#[test]
fn federation_sdl_is_committed() {
    compare("schema.federation.graphql", &wcc_api::federation_sdl());
}

#[test]
fn bodies_are_entities_by_code() {
    let sdl = wcc_api::federation_sdl();
    for body in ["Sha", "Cluster", "Pct", "Function"] {
        let declared = format!("type {body} implements ");
        let line = sdl.lines().find(|line| line.starts_with(&declared));
        let line = line.unwrap_or_default();
        assert!(line.contains("@key(fields: \"code\")"), "{body}: {line}");
    }
}

#[test]
fn printing_is_deterministic() {
    assert_eq!(wcc_api::schema_sdl(), wcc_api::schema_sdl());
    assert_eq!(wcc_api::federation_sdl(), wcc_api::federation_sdl());
}
