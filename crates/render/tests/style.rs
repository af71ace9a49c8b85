//! Styles of authorities: what they replace, and that a broken one is refused with its place.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test helpers may panic"
)]

use std::path::Path;
use tempfile::TempDir;
use wcc_render::{Colour, Colours, Style};

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">\n\
                   <path d=\"M0 0h9v9z\" fill=\"url(#a)\"/>\n</svg>\n";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    }
    folder
}

/// The refusal of a style, without the folder.
fn refusal(files: &[(&str, &[u8])]) -> String {
    let folder = folder(files);
    let error = Style::read(folder.path())
        .expect_err("a refusal")
        .to_string();
    let prefix = format!("{}/", folder.path().display());
    error.strip_prefix(&prefix).expect("the file").to_owned()
}

#[test]
fn a_style_is_read() {
    let folder = folder(&[
        (
            "style.toml",
            b"format = 1\norganisation = \"NHS West Midlands\"\nfooter = \"Not for publication\"\n\
              logo-text = \"NHS West Midlands\"\n[colours]\naccent = \"#004B3C\"\n",
        ),
        ("logo.svg", SVG.as_bytes()),
        ("logo.png", &pixel()),
    ]);
    let style = Style::read(folder.path()).expect("a style");
    assert_eq!(style.organisation.as_deref(), Some("NHS West Midlands"));
    assert_eq!(style.footer.as_deref(), Some("Not for publication"));
    assert_eq!(style.colours.accent, Colour([0, 0x4B, 0x3C]));
    assert_eq!(style.colours.bad, Style::default().colours.bad);
    let logo = style.logo.expect("a logo");
    assert_eq!(logo.picture, pixel());
    assert_eq!(logo.drawing.as_deref(), Some(SVG.as_bytes()));
}

/// A picture of one pixel with some chunks after its header, each with its kind and length.
fn picture(chunks: &[(&[u8; 4], u8)]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01".to_vec();
    bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    for (kind, length) in chunks {
        bytes.extend([0, 0, 0, *length]);
        bytes.extend_from_slice(*kind);
        // Its data and its checksum.
        bytes.extend(vec![0; usize::from(*length) + 4]);
    }
    bytes
}

/// A complete picture.
fn pixel() -> Vec<u8> {
    picture(&[(b"IDAT", 4), (b"IEND", 0)])
}

#[test]
fn a_complete_picture_is_a_logo() {
    let style = folder(&[
        ("style.toml", b"format = 1\nlogo-text = \"x\"\n"),
        ("logo.png", &pixel()),
    ]);
    let style = Style::read(style.path()).expect("a style");
    let logo = style.logo.expect("a logo");
    assert_eq!((logo.picture, logo.drawing), (pixel(), None));
}

#[test]
fn what_drawing_programs_write_is_a_logo() {
    let svg = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- drawn by a program -->\n\
        <svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n\
        xmlns:i=\"http://www.inkscape.org/namespaces/inkscape\" viewBox=\"0 0 9 9\">\n\
        <metadata><i:view i:export-filename=\"C:\\logo.png\"/></metadata>\n\
        <title>R&amp;D &#169; <![CDATA[a < b]]></title>\n\
        <defs><linearGradient id=\"a\"><stop offset=\"1\"/></linearGradient>\
        <clipPath id=\"b\"><path d=\"M0 0h9v9z\"/></clipPath></defs>\n\
        <path style=\"fill:url( '#a' );clip-path:url(#b)\" d=\"M0 0h9v9z\"/>\n\
        <use xlink:href=\"#a\"/>\n</svg>\n";
    for svg in [svg.to_owned(), format!("\u{feff}{svg}")] {
        let folder = folder(&[
            ("style.toml", b"format = 1\nlogo-text = \"x\"\n"),
            ("logo.svg", svg.as_bytes()),
            ("logo.png", &pixel()),
        ]);
        let style = Style::read(folder.path()).expect("a style");
        let drawing = style.logo.expect("a logo").drawing;
        assert_eq!(drawing.as_deref(), Some(svg.as_bytes()));
    }
}

#[test]
fn the_shortest_style_changes_nothing() {
    let folder = folder(&[("style.toml", b"format = 1\n")]);
    assert_eq!(Style::read(folder.path()), Ok(Style::default()));
}

#[test]
fn a_broken_style_is_refused_with_its_line() {
    for (text, expected) in [
        (
            "format = 1\nfoter = \"x\"\n",
            "style.toml:2: unknown field `foter`",
        ),
        ("format = 2\n", "style.toml:1: format 2 is not known"),
        ("footer = \"x\"\n", "style.toml:1: missing field `format`"),
        (
            "format = 1\nfooter = \"\"\n",
            "style.toml:2: `footer` has 0 characters",
        ),
        (
            "format = 1\n\nfooter = 7\n",
            "style.toml:3: invalid type: integer",
        ),
        ("format = 1\nfooter = \"x\n", "style.toml:2: "),
        (
            "format = 1\n[colours]\naccent = \"blue\"\n",
            "style.toml:3: `blue` is not a colour: expected six hexadecimal digits, as in \"#1d3a6b\"",
        ),
        (
            "format = 1\n[colours]\ngood = \"#7fd17f\"\n",
            "style.toml:3: text in #7fd17f cannot be read on white: its contrast is 1.9",
        ),
        (
            "format = 1\nlogo-text = \"x\"\n",
            "style.toml:2: `logo-text` describes a logo",
        ),
    ] {
        let refusal = refusal(&[("style.toml", text.as_bytes())]);
        assert!(refusal.starts_with(expected), "{refusal:?} for {text:?}");
    }
}

#[test]
fn a_folder_without_a_style_is_refused() {
    let error = Style::read(Path::new("nowhere")).expect_err("a refusal");
    assert!(
        error
            .to_string()
            .starts_with("nowhere/style.toml: not found"),
        "{error}"
    );
}

#[test]
fn a_broken_logo_is_refused_with_its_line() {
    let style: &[u8] = b"format = 1\nlogo-text = \"x\"\n";
    for (svg, expected) in [
        (
            "<svg>\n<script>x</script></svg>",
            "logo.svg:2: <script> is not allowed",
        ),
        (
            "<svg>\n\n<path onclick='x'/></svg>",
            "logo.svg:3: `onclick` is not allowed",
        ),
        (
            "<svg><use href='http://example.com/x.svg'/></svg>",
            "logo.svg:1: `href` refers to something outside the logo",
        ),
        (
            "<svg>\n<path fill='url(http://example.com)'/></svg>",
            "logo.svg:2: `fill` refers to something outside the logo",
        ),
        (
            "<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg/>",
            "logo.svg:1: remove the DOCTYPE",
        ),
        ("<svg>\n<path></svg>", "logo.svg:2: not well-formed"),
        ("<svg>\n<path/>", "logo.svg:2: not a complete SVG drawing"),
        ("<html/>", "logo.svg:1: not a complete SVG drawing"),
        (
            "<svg>\n<path style='fill:u\\72l(http://example.com)'/></svg>",
            "logo.svg:2: `style` has a backslash",
        ),
        (
            "<svg>\n<path style='fill:url(#a);mask:url(http://example.com)'/></svg>",
            "logo.svg:2: `style` refers to something outside the logo",
        ),
        (
            "<svg>\n<path style='cursor:image-set(\"http://example.com\" 1x)'/></svg>",
            "logo.svg:2: `style` refers to something outside the logo",
        ),
        (
            "<svg xml:base='http://example.com/'/>",
            "logo.svg:1: `base` refers to something outside the logo",
        ),
        (
            "<svg><use href='#a'>\n<set attributeName='href' to='http://example.com'/></use></svg>",
            "logo.svg:2: <set> is not allowed",
        ),
        (
            "<svg>\n<animate attributeName='fill' to='red'/></svg>",
            "logo.svg:2: <animate> is not allowed",
        ),
        (
            "<svg xmlns:h='http://www.w3.org/1999/xhtml'>\n<h:img src='http://example.com'/></svg>",
            "logo.svg:2: <img> is not allowed",
        ),
        (
            "<svg>\n<a:path/></svg>",
            "logo.svg:2: not well-formed: nothing says what `a:` is",
        ),
        (
            "<svg/><svg/>",
            "logo.svg:1: there is something after the drawing",
        ),
        (
            "<svg/>\n<html/>",
            "logo.svg:2: there is something after the drawing",
        ),
        (
            "<svg/>text",
            "logo.svg:1: there is text outside the drawing",
        ),
        (
            "&#65;<svg/>",
            "logo.svg:1: there is text outside the drawing",
        ),
        (
            "<svg><title>\n&nbsp;</title></svg>",
            "logo.svg:2: `&nbsp;` is unknown",
        ),
        (
            "<svg>\n<path id='&nbsp;'/></svg>",
            "logo.svg:2: not well-formed",
        ),
    ] {
        let refusal = refusal(&[("style.toml", style), ("logo.svg", svg.as_bytes())]);
        assert!(refusal.starts_with(expected), "{refusal:?} for {svg:?}");
    }
    let refusal_of_png = |png: &[u8]| refusal(&[("style.toml", style), ("logo.png", png)]);
    assert_eq!(refusal_of_png(b"GIF89a"), "logo.png: not a PNG picture");
    let wide = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x20\0\0\0\0\x01";
    assert_eq!(
        refusal_of_png(wide),
        "logo.png: 8192 by 1 pixels: at most 4096 by 4096"
    );
    let header = picture(&[]);
    assert_eq!(
        refusal_of_png(&header),
        "logo.png: not a complete PNG picture"
    );
    let data_alone = picture(&[(b"IDAT", 4)]);
    assert_eq!(
        refusal_of_png(&data_alone),
        "logo.png: not a complete PNG picture"
    );
    let without_data = picture(&[(b"IEND", 0)]);
    assert_eq!(
        refusal_of_png(&without_data),
        "logo.png: not a complete PNG picture"
    );
    let mut cut_off = pixel();
    cut_off.pop();
    assert_eq!(
        refusal_of_png(&cut_off),
        "logo.png: not a complete PNG picture"
    );
    assert_eq!(
        refusal_of_png(&vec![0; 600_000]),
        "logo.png: larger than 512 KiB"
    );
    let drawing_alone = refusal(&[("style.toml", style), ("logo.svg", SVG.as_bytes())]);
    assert!(
        drawing_alone.starts_with("logo.svg: there is no logo.png beside it"),
        "{drawing_alone}"
    );
    let without_words: [(&str, &[u8]); 2] =
        [("style.toml", b"format = 1\n"), ("logo.png", &pixel())];
    let refusal = refusal(&without_words);
    assert!(
        refusal.starts_with("style.toml:1: `logo-text` is missing"),
        "{refusal}"
    );
}

#[test]
fn templates_are_read_with_what_they_use() {
    let style = folder(&[("style.toml", b"format = 1\n")]);
    let templates = style.path().join("templates");
    std::fs::create_dir(&templates).expect("a folder");
    std::fs::write(templates.join("style.typ"), "#let accent = blue\n").expect("a file");
    std::fs::write(templates.join("crest.png"), b"picture").expect("a file");
    let read = Style::read(style.path()).expect("a style").templates;
    assert_eq!(read.folder, templates);
    assert_eq!(
        read.sources.into_iter().collect::<Vec<_>>(),
        [("style.typ".to_owned(), "#let accent = blue\n".to_owned())]
    );
    assert_eq!(read.files.into_keys().collect::<Vec<_>>(), ["crest.png"]);
}

#[test]
fn what_is_not_a_template_is_refused() {
    for (name, content, expected) in [
        (
            "style.txt",
            &b"x"[..],
            "not a template, picture or font: expected a name that ends with .typ, .svg",
        ),
        ("a b.typ", b"x", "not the name of a template"),
        ("style.typ", b"\xff", "not UTF-8"),
        ("style.typ", &[b' '; 300_000], "larger than 256 KiB"),
        (
            "logo.svg",
            b"<svg/>",
            "the logo belongs beside `style.toml`",
        ),
    ] {
        let style = folder(&[("style.toml", b"format = 1\n")]);
        let templates = style.path().join("templates");
        std::fs::create_dir(&templates).expect("a folder");
        let file = templates.join(name);
        std::fs::write(&file, content).expect("a file");
        let error = Style::read(style.path()).expect_err("a refusal");
        assert_eq!(error.file, file);
        assert!(error.message.starts_with(expected), "{error}");
    }
}

#[test]
fn the_templates_of_pdfs_have_the_same_usual_colours() {
    let template = include_str!("../../../pdf/templates/style.typ");
    let Colours {
        accent,
        good,
        middling,
        bad,
        notable,
    } = Style::default().colours;
    let named = [
        ("accent", accent),
        ("good", good),
        ("middling", middling),
        ("bad", bad),
        ("notable", notable),
    ];
    for (name, colour) in named {
        let usual = format!("{name}: \"{colour}\"");
        assert!(template.contains(&usual), "{usual}");
    }
}
