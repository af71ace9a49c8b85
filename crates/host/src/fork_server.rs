//! Starts workers quickly: a process of this program that has started once and forks for each.
//!
//! Starting this program costs more than most calls of a plugin: the loader adjusts hundreds of
//! pages. The fork server pays that once. It has no secrets (its environment is empty), opens no
//! file and never loads a plugin, so each of its copies is as fresh as a program that has just
//! started. A copy is a child of the host, which waits for it and ends it like any process.
//!
//! The fork server may hang or die like any process. The host then ends it and starts another. A
//! copy stays in the fork server's process group until the host has learned its number, so a copy
//! whose number is lost ends together with the fork server.

use crate::loader::{Fork, end_process, fork_beside};
use crate::worker::{ARGUMENT, Order};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::UnixDatagram;

/// How long the host waits for a fork, which takes less than a millisecond, or some milliseconds
/// when the fork server has just been started. It is much shorter than a plugin's deadline, because
/// a call waits for it, and once more if the fork server is replaced.
const LONGEST_FORK: Duration = Duration::from_secs(1);

/// The maximum length of an order in bytes: a few numbers and names of system libraries.
const MAX_ORDER: usize = 4 << 10;

/// The descriptors of an order: input, output, standard error and, for a call, the library.
const MAX_DESCRIPTORS: usize = 4;

/// The host's side of a fork server. Dropping it ends the process, and every copy whose number the
/// host has not learned.
#[derive(Debug)]
pub(crate) struct ForkServer {
    /// The process, which leads its own group.
    process: Pid,
    /// It keeps messages apart like a datagram socket, and also notices that the process has ended.
    socket: UnixDatagram,
}

impl ForkServer {
    /// Starts the process. The calling thread must live as long as the workers, because the kernel
    /// ends them with it.
    pub(crate) fn start(executable: &Path) -> io::Result<Self> {
        let (socket, its_socket) = rustix::net::socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )?;
        // Only this end: the fork server waits.
        rustix::io::ioctl_fionbio(&socket, true)?;
        let socket = UnixDatagram::from_std(socket.into())?;
        let process = Command::new(executable)
            .args([ARGUMENT, &std::process::id().to_string()])
            .env_clear()
            .current_dir("/")
            .stdin(its_socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let process = Pid::from_child(&process);
        Ok(Self { process, socket })
    }

    /// Starts a worker with an order. `descriptors` are its input, output, standard error and, for
    /// a call, the library. After an error or if the future is dropped, the fork server must not be
    /// used again.
    pub(crate) async fn fork(
        &self,
        order: &str,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<Pid> {
        let forked = tokio::time::timeout(LONGEST_FORK, self.request_fork(order, descriptors));
        let process = forked.await.map_err(|_| {
            let seconds = LONGEST_FORK.as_secs();
            let message =
                format!("the process that starts workers did not answer within {seconds} s");
            io::Error::new(io::ErrorKind::TimedOut, message)
        })??;
        // From now on it is ended by its number.
        rustix::process::setpgid(Some(process), Some(process))?;
        Ok(process)
    }

    async fn request_fork(&self, order: &str, descriptors: &[BorrowedFd<'_>]) -> io::Result<Pid> {
        let send = || {
            let mut space =
                [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
            let mut passed = SendAncillaryBuffer::new(&mut space);
            if !passed.push(SendAncillaryMessage::ScmRights(descriptors)) {
                return Err(Errno::INVAL.into());
            }
            let order = [IoSlice::new(order.as_bytes())];
            Ok(rustix::net::sendmsg(
                &self.socket,
                &order,
                &mut passed,
                SendFlags::NOSIGNAL,
            )?)
        };
        self.socket.async_io(Interest::WRITABLE, send).await?;
        let mut reply = [0; 4];
        let length = self.socket.recv(&mut reply).await?;
        let process = i32::from_le_bytes(reply);
        match Pid::from_raw(process) {
            Some(process) if length == reply.len() && process.as_raw_pid() > 0 => Ok(process),
            _ if length == reply.len() && process < 0 => {
                Err(io::Error::from_raw_os_error(-process))
            }
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Drop for ForkServer {
    fn drop(&mut self) {
        // The process may be stopped, or waiting for something that never comes.
        let _ = rustix::process::kill_process_group(self.process, Signal::KILL);
        // The whole group is reaped: the copies in it are children of this process as well.
        let group = || waitid(WaitId::Pgid(Some(self.process)), WaitIdOptions::EXITED);
        while matches!(group(), Ok(_) | Err(Errno::INTR)) {}
    }
}

/// The process's side: forks a worker for each order from standard input, until the host ends.
pub(crate) fn serve(host: u32) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if std::os::unix::process::parent_id() != host {
        // The host ended before the death signal was set.
        return Ok(());
    }
    let _ = rustix::thread::set_name(c"plugin-forks");
    let socket = rustix::stdio::stdin();
    while let Some((order, descriptors)) = receive(socket)? {
        let reply = match fork_beside() {
            Ok(Fork::Parent(process)) => process,
            Ok(Fork::Child) => become_worker(&order, descriptors, host),
            Err(error) => -error.raw_os_error().unwrap_or(libc::EAGAIN),
        };
        drop(descriptors);
        rustix::net::send(socket, &reply.to_le_bytes(), SendFlags::NOSIGNAL)?;
    }
    Ok(())
}

/// Receives an order with its descriptors. `None` if the host has closed the socket.
fn receive(socket: BorrowedFd<'_>) -> io::Result<Option<(String, Vec<OwnedFd>)>> {
    let mut order = vec![0; MAX_ORDER];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut passed = RecvAncillaryBuffer::new(&mut space);
    let length = loop {
        let mut parts = [IoSliceMut::new(&mut order)];
        match rustix::net::recvmsg(socket, &mut parts, &mut passed, RecvFlags::CMSG_CLOEXEC) {
            Ok(received) => break received.bytes,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    };
    if length == 0 {
        return Ok(None);
    }
    order.truncate(length);
    let messages = passed.drain();
    let descriptors = messages.filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let descriptors = descriptors.flatten().collect();
    let order = String::from_utf8(order).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(Some((order, descriptors)))
}

/// Makes this copy the worker of an order.
fn become_worker(order: &str, descriptors: Vec<OwnedFd>, host: u32) -> ! {
    let _ = rustix::thread::set_name(c"plugin-call");
    let mut descriptors = descriptors.into_iter();
    let mut take = |redirect: fn(BorrowedFd<'_>) -> rustix::io::Result<()>| {
        descriptors
            .next()
            .is_some_and(|descriptor| redirect(descriptor.as_fd()).is_ok())
    };
    // The first takes the place of the socket.
    let redirected = take(|input| rustix::stdio::dup2_stdin(input))
        && take(|output| rustix::stdio::dup2_stdout(output))
        && take(|printed| rustix::stdio::dup2_stderr(printed));
    let order = Order::read(order, descriptors.next(), host);
    match order {
        Some(order) if redirected => crate::worker::work(order),
        _ => end_process(crate::worker::NO_PIPE),
    }
}
