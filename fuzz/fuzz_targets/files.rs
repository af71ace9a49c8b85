//! Several files in one input: each begins with a line `%%% NAME`. What is before the first such line is
//! ignored.

/// Names and contents of the files of an input.
pub fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(b"%%% ") {
            let name = String::from_utf8_lossy(name).trim().to_owned();
            files.push((name, Vec::new()));
        } else if let Some((_, content)) = files.last_mut() {
            content.extend_from_slice(line);
        }
    }
    files
}

/// The files of an input as an archive.
#[allow(dead_code, reason = "not every target reads an archive")]
pub fn archive(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in files(bytes) {
        if archive.start_file(name, stored).is_ok() {
            archive.write_all(&content).expect("memory is written");
        }
    }
    archive.finish().expect("memory is written").into_inner()
}
