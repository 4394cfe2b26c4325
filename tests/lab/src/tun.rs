//! A TUN device in a network namespace: complete IP packets, one per read, without offloads
//! (`Documentation/networking/tuntap.rst` of the kernel).

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sched::{CloneFlags, setns};

/// Name of the device in both namespaces. Not `tun…`: Chromium does not count those as a network.
const NAME: &[u8] = b"path";

/// `struct ifreq` of <linux/if.h>, with `ifr_flags` in its union.
#[repr(C)]
struct Request {
    name: [u8; 16],
    flags: i16,
    rest: [u8; 22],
}

/// From <linux/if_tun.h>: complete IP packets without a prefix.
const IFF_TUN: i16 = 0x0001;
const IFF_NO_PI: i16 = 0x1000;

mod ioctl {
    // <linux/if_tun.h> declares an int, but the ioctl reads the interface request.
    nix::ioctl_write_ptr_bad!(
        set_interface,
        nix::request_code_write!(b'T', 202, size_of::<i32>()),
        super::Request
    );
}

/// Creates the device and opens it for non-blocking reads. It is removed when the file is closed.
pub(crate) fn open(namespace: &str) -> Result<File, String> {
    let namespace = namespace.to_owned();
    // Each thread has its own namespace: this one enters it and does not return.
    let made = thread::spawn(move || open_there(&namespace));
    made.join()
        .unwrap_or_else(|_| Err("the thread that opens a device ended".into()))
}

fn open_there(namespace: &str) -> Result<File, String> {
    if namespace.is_empty() || namespace.contains('/') {
        return Err(format!("'{namespace}' is no name of a network namespace"));
    }
    let path = Path::new("/run/netns").join(namespace);
    let handle = File::open(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            format!("there is no network namespace '{namespace}': ip netns add {namespace}")
        }
        _ => format!("{}: {error}", path.display()),
    })?;
    setns(&handle, CloneFlags::CLONE_NEWNET)
        .map_err(|error| refused(&format!("entering '{namespace}'"), error))?;
    let device = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlag::O_NONBLOCK.bits())
        .open("/dev/net/tun")
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "this kernel has no TUN devices: /dev/net/tun is missing".into()
            }
            _ => format!("/dev/net/tun: {error}"),
        })?;
    let mut request = Request {
        name: [0; 16],
        flags: IFF_TUN | IFF_NO_PI,
        rest: [0; 22],
    };
    request.name[..NAME.len()].copy_from_slice(NAME);
    #[expect(unsafe_code, reason = "no safe binding exists")]
    // SAFETY: the descriptor is open, and the request is an initialised `struct ifreq` that the kernel reads and
    // writes within its size, during the call only.
    let made = unsafe { ioctl::set_interface(device.as_raw_fd(), &raw const request) };
    made.map_err(|error| refused(&format!("a TUN device in '{namespace}'"), error))?;
    Ok(device)
}

fn refused(what: &str, error: Errno) -> String {
    match error {
        Errno::EPERM => format!("{what} takes root"),
        _ => format!("{what}: {error}"),
    }
}
