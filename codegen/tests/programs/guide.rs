//! Declarations before the snippets of the guides that are not programs.

#[allow(dead_code)]
static REPLY: &[u8] = &@REPLY@;

/// Answers about region 2 as the kernel does.
#[allow(dead_code)]
fn ask(bytes: &mut [u8]) -> std::io::Result<usize> {
    if bytes.len() < REPLY.len() {
        bytes[..32].copy_from_slice(&REPLY[..32]);
        bytes[12..16].fill(0);
    } else {
        bytes[..REPLY.len()].copy_from_slice(REPLY);
    }
    Ok(bytes.len())
}

#[allow(unused_variables)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reply = REPLY;
    @SNIPPET@
    Ok(())
}
