//! Lays documents out as HTML, Word, Excel and text. Each format is a module of its own, reads
//! [`wcc_document::Document`] alone and computes nothing.
