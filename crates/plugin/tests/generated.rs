//! The committed header and schemas match the types. `UPDATE=1` rewrites them.

use std::fs;
use std::path::Path;

#[test]
fn header_and_schemas_are_up_to_date() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in wcc_plugin::schema::files().unwrap() {
        let file = package.join(path);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &text).unwrap();
        }
        let committed = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == text,
            "{path} is out of date: run `UPDATE=1 cargo test -p wcc-plugin`"
        );
    }
}
