//! The time of `review` on a mailbox of 500 mails: patches of a header, replies that quote
//! them, and patches of other files. Run with `cargo bench -p capchain --bench review`.

use std::time::Instant;

use capchain::review::{BaseChoice, mails, review};
use capchain::spec::load::Origin;

/// How many mails the mailbox has.
const MAILS: usize = 500;

fn main() {
    let mailbox = mailbox();
    let start = Instant::now();
    let opened = capchain::open(&Origin::Embedded(capchain::embedded::files("vfio")), &[]);
    let spec = opened.spec.expect("the specification");
    let mails = mails(mailbox.as_bytes());
    assert_eq!(mails.len(), MAILS);
    let found = review(&spec, &opened.sources, &BaseChoice::BestFit, mails).expect("a review");
    let time = start.elapsed();
    println!(
        "review: {MAILS} mails, {} KiB, {} series, {} passed over: {time:?}",
        mailbox.len() / 1024,
        found.series.len(),
        found.passed.len()
    );
}

/// One mail in five changes the header, one in five answers it, the others are about code.
fn mailbox() -> String {
    let mut mailbox = String::new();
    for index in 0..MAILS {
        let series = index / 5;
        let header = format!(
            "--- a/include/uapi/linux/vfio.h\n+++ b/include/uapi/linux/vfio.h\n\
             @@ -450,3 +450,4 @@ struct vfio_irq_info {{\n \t__u32\tcount;\n+\t__u32\tnew_{series};\n }};\n"
        );
        let code = "+\tif (copy_to_user(arg, &info, minsz))\n+\t\treturn -EFAULT;\n".repeat(200);
        let code =
            format!("--- a/drivers/vfio/x.c\n+++ b/drivers/vfio/x.c\n@@ -1,0 +1,400 @@\n{code}");
        let (subject, body) = match index % 5 {
            0 => (format!("[PATCH] vfio: change {series}"), header),
            1 => {
                let quoted: String = header.lines().map(|line| format!("> {line}\n")).collect();
                (format!("Re: [PATCH] vfio: change {series}"), quoted)
            }
            _ => (format!("[PATCH] vfio: code {index}"), code),
        };
        mailbox += &format!(
            "From x Mon Sep 17 00:00:00 2001\nFrom: a@example.org\nSubject: {subject}\n\n{body}-- \n2.40\n\n"
        );
    }
    mailbox
}
