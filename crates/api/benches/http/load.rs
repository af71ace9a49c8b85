//! Generates load, with wrk if it is installed, otherwise with a small built-in client.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Number of concurrent connections.
const CONNECTIONS: usize = 16;

/// Repeats one request for a number of seconds; returns the number of answers and the time taken in
/// seconds.
pub fn load(address: SocketAddr, path: &str, body: &str, seconds: u64) -> (f64, f64) {
    match wrk(address, path, body, seconds) {
        Some(measured) => measured,
        None => built_in(address, path, body, seconds),
    }
}

/// A command pinned to one core, if the system supports that and has the core.
pub fn on_core(core: usize, program: &Path) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let taskset = Command::new("taskset").arg("--version").output().is_ok();
    if core < cores && taskset {
        let mut command = Command::new("taskset");
        command.args(["-c", &core.to_string()]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn wrk(address: SocketAddr, path: &str, body: &str, seconds: u64) -> Option<(f64, f64)> {
    let script = std::env::temp_dir().join(format!("wcc-load-{}.lua", std::process::id()));
    let text = format!(
        "wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\n\
         wrk.body = [==[{body}]==]\n"
    );
    std::fs::write(&script, text).unwrap();
    let mut command = on_core(1, Path::new("wrk"));
    command.args(["-t1", &format!("-c{CONNECTIONS}")]);
    command.arg(format!("-d{seconds}s")).arg("-s").arg(&script);
    let output = command
        .arg(format!("http://{address}{path}"))
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("Non-2xx"), "{text}");
    // "  44174 requests in 8.08s, 4.13GB read"
    let line = text.lines().find(|line| line.contains(" requests in "))?;
    let mut words = line.split_whitespace();
    let count: f64 = words.next()?.parse().ok()?;
    let time = words.nth(2)?.trim_end_matches(',');
    let time = match time.strip_suffix("ms") {
        Some(milliseconds) => milliseconds.parse::<f64>().ok()? / 1e3,
        None => time.strip_suffix('s')?.parse().ok()?,
    };
    Some((count, time))
}

fn built_in(address: SocketAddr, path: &str, body: &str, seconds: u64) -> (f64, f64) {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let counts: u64 = std::thread::scope(|scope| {
        let each = || scope.spawn(|| repeat(address, request.as_bytes(), &stop));
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| each()).collect();
        std::thread::sleep(Duration::from_secs(seconds));
        stop.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    (counts as f64, start.elapsed().as_secs_f64())
}

fn repeat(address: SocketAddr, request: &[u8], stop: &AtomicBool) -> u64 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 1 << 16];
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        stream.write_all(request).unwrap();
        let mut head = Vec::new();
        let mut missing = loop {
            let read = stream.read(&mut buffer).unwrap();
            head.extend_from_slice(&buffer[..read]);
            if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&head[..end]).to_ascii_lowercase();
                let length = text.split("content-length: ").nth(1).unwrap();
                let length: usize = length.lines().next().unwrap().parse().unwrap();
                break length - (head.len() - end - 4);
            }
        };
        while missing > 0 {
            missing -= stream.read(&mut buffer).unwrap();
        }
        count += 1;
    }
    count
}
