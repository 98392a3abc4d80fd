//! Asks a container, a group and devices everything that changes nothing.

use std::ffi::CString;
use std::ops::RangeInclusive;

use rustix::fd::AsFd;
use rustix::io::Errno;
use vfio_abi::calls::{CallError, Container, Device, Group};
use vfio_abi::history::Release;
use vfio_abi::open;
use vfio_abi::uapi::*;

use crate::answer::Answer;
use crate::captures::{self, Captures, Path, Question};
use crate::contents;
use crate::names::{self, EXTENSIONS, FEATURES, name_in};
use crate::place::{self, Members};

/// The backends of a container, the preferred one first.
const BACKENDS: [u32; 4] =
    [VFIO_TYPE1v2_IOMMU, VFIO_TYPE1_IOMMU, VFIO_SPAPR_TCE_v2_IOMMU, VFIO_SPAPR_TCE_IOMMU];

/// The extensions that are asked for: one more than the known ones.
const MOST_EXTENSIONS: u32 = EXTENSIONS.len() as u32 + 1;

/// The features that are asked for: two more than the known ones.
const MOST_FEATURES: u32 = FEATURES.len() as u32 + 2;

/// The most regions, and the most blocks of interrupts, that are asked for: a device has
/// no more than some tens.
const MOST_INDEXES: u32 = 1 << 10;

/// The kinds of access to a feature that are probed.
const PROBES: [(&str, DeviceFeatureFlags); 3] = [
    ("PROBE", DeviceFeatureFlags::empty()),
    ("PROBE|GET", DeviceFeatureFlags::GET),
    ("PROBE|SET", DeviceFeatureFlags::SET),
];

/// Why nothing more can be asked: a file cannot be opened, or a call that others depend on
/// failed.
pub struct Stop(pub String);

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        Self(error.to_string())
    }
}

/// What has been asked.
pub struct Session {
    /// The answers so far.
    pub answers: Vec<Answer>,
    /// The device that is asked.
    pub device: Option<String>,
    /// The running kernel, if its name is that of a release.
    pub release: Option<Release>,
    /// Whether to reset the devices in the end.
    pub reset: bool,
    /// The captures, if they are wanted.
    pub captures: Option<Captures>,
    /// The size of a page.
    pub page_size: u64,
}

impl Session {
    fn set_path(&mut self, path: Path) {
        if let Some(captures) = &mut self.captures {
            captures.path = path;
        }
    }

    /// Adds an answer.
    fn push(&mut self, answer: Answer) {
        self.answers.push(Answer { device: self.device.clone(), ..answer });
    }

    /// Adds the result of a call on which the next ones depend.
    fn step<T>(&mut self, ioctl: &'static str, result: Result<T, CallError>) -> Result<T, Stop> {
        let shown = result.as_ref().map(|_| 0).map_err(|error| *error);
        self.push(Answer::new(ioctl, shown));
        Ok(result?)
    }

    /// Adds an answer about a struct, and captures its replies; `need` is the size of the
    /// full one.
    fn struct_(
        &mut self,
        answer: Answer,
        question: &Question,
        fd: impl AsFd,
        need: usize,
        place: (&str, &str),
    ) {
        if let Some(captures) = &mut self.captures {
            captures.sweep(question, fd, answer.number, need, place);
        }
        self.push(answer);
    }

    /// Asks the devices of a group, through a container or an iommufd in its place.
    pub fn group(&mut self, members: &Members, iommufd: bool) -> Result<(), Stop> {
        let (container, path) = match iommufd {
            true => (open::iommufd_container(), "/dev/iommu"),
            false => (open::container(), "/dev/vfio/vfio"),
        };
        let unopened = |path: &str, error| Stop(format!("{path}: {error}"));
        let container = container.map_err(|error| unopened(path, error))?;
        let prefix = if members.noiommu { "noiommu-" } else { "" };
        let path = format!("/dev/vfio/{prefix}{}", members.number);
        let group = open::group(members.number).map_err(|error| unopened(&path, error))?;
        let name = members.devices.first().map_or("", String::as_str);

        let path = if is_iommufd(&container) { Path::Compat } else { Path::Group };
        self.set_path(path);
        let place = ("empty-container", name);
        let version = container.get_api_version();
        self.push(Answer::new("VFIO_GET_API_VERSION", version));
        self.extensions(&container);
        self.type1_info(&container, place);
        self.status(&group, place);
        self.step("VFIO_GROUP_SET_CONTAINER", group.set_container(&container))?;
        let backend = backend(&container, members.noiommu);
        let set = container.set_iommu(backend);
        let answer = Answer::new("VFIO_SET_IOMMU", set.map(|()| 0));
        self.push(answer.about(backend, name_in(EXTENSIONS, backend)));
        set?;

        let place = ("iommu-set", name);
        self.extensions(&container);
        self.status(&group, place);
        match backend {
            _ if [VFIO_SPAPR_TCE_v2_IOMMU, VFIO_SPAPR_TCE_IOMMU].contains(&backend) => {
                let reply = container.iommu_spapr_tce_get_info();
                let answer = Answer::reply("VFIO_IOMMU_SPAPR_TCE_GET_INFO", reply, contents::spapr);
                self.push(answer);
            }
            VFIO_NOIOMMU_IOMMU => {}
            _ => self.type1_info(&container, place),
        }
        let mut first_error = None;
        let mut opened = 0;
        for name in &members.devices {
            self.device = Some(name.clone());
            let text = CString::new(name.as_str()).unwrap_or_default();
            match self.step("VFIO_GROUP_GET_DEVICE_FD", group.get_device_fd(&text)) {
                Ok(device) => self.device(&device, ("device-open", name)),
                Err(error) => {
                    first_error.get_or_insert(error);
                    continue;
                }
            }
            opened += 1;
        }
        self.device = None;
        let left = group.unset_container().map(|()| 0);
        self.push(Answer::new("VFIO_GROUP_UNSET_CONTAINER", left));
        match first_error {
            Some(error) if opened == 0 => Err(error),
            None if opened == 0 => Err(Stop("the group has no devices".to_owned())),
            _ => Ok(()),
        }
    }

    /// Asks the device of a node, with an iommufd of its own.
    pub fn node(&mut self, node: &str) -> Result<(), Stop> {
        let unopened = |path: &str, error| Stop(format!("{path}: {error}"));
        let device = open::device(node)
            .map_err(|error| unopened(&["/dev/vfio/devices/", node].concat(), error))?;
        let iommufd = open::iommufd().map_err(|error| unopened("/dev/iommu", error))?;
        let name = place::device_of(node).unwrap_or_else(|| node.to_owned());
        self.set_path(Path::Cdev);
        self.device = Some(name.clone());
        self.device_info(&device, ("before-bind", &name));
        let bound = device.bind_iommufd(&iommufd);
        let shown = Answer::reply("VFIO_DEVICE_BIND_IOMMUFD", bound, contents::bind);
        self.push(shown);
        bound?;
        self.device(&device, ("bound", &name));
        Ok(())
    }

    fn extensions<F: AsFd>(&mut self, container: &Container<F>) {
        for id in 1..=MOST_EXTENSIONS {
            let answer = Answer::new("VFIO_CHECK_EXTENSION", container.check_extension(id));
            self.push(answer.about(id, name_in(EXTENSIONS, id)));
        }
    }

    fn type1_info<F: AsFd>(&mut self, container: &Container<F>, place: (&str, &str)) {
        let question = &captures::TYPE1;
        let mut buffer = vec![0; question.size];
        let reply = container.iommu_get_info(&mut buffer);
        let answer = Answer::reply(question.ioctl, reply, contents::type1);
        self.struct_(answer, question, container, buffer.len(), place);
    }

    fn status<F: AsFd>(&mut self, group: &Group<F>, place: (&str, &str)) {
        let question = &captures::GROUP;
        let answer = Answer::reply(question.ioctl, group.get_status(), contents::group);
        self.struct_(answer, question, group, question.size, place);
    }

    /// Asks a device everything.
    fn device<F: AsFd>(&mut self, device: &Device<F>, place: (&str, &str)) {
        let (flags, regions, irqs) = self.device_info(device, place);
        for index in indexes(regions) {
            self.region_info(device, flags, index, place);
        }
        for index in indexes(irqs) {
            let question = &captures::IRQS;
            let answer = Answer::reply(question.ioctl, device.get_irq_info(index), contents::irqs);
            let answer = answer.about(index, name_in(names::irqs(flags), index));
            self.struct_(answer, question, device, question.size, place);
        }
        let question = &captures::HOT_RESET;
        let mut buffer = vec![0; question.size];
        let reply = device.get_pci_hot_reset_info(&mut buffer);
        let answer = Answer::reply(question.ioctl, reply, contents::hot_reset);
        self.struct_(answer, question, device, buffer.len(), place);
        self.features(device);
        self.planes(device);
        if self.reset {
            let reset = device.reset().map(|()| 0);
            self.push(Answer::new("VFIO_DEVICE_RESET", reset));
        }
    }

    /// Returns the flags of a device and the numbers of its regions and interrupts.
    fn device_info<F: AsFd>(
        &mut self,
        device: &Device<F>,
        place: (&str, &str),
    ) -> (DeviceInfoFlags, u32, u32) {
        let question = &captures::DEVICE;
        let mut buffer = vec![0; question.size];
        let reply = device.get_info(&mut buffer);
        let counts = reply.as_ref().map(|info| (info.flags(), info.num_regions(), info.num_irqs()));
        let counts = counts.unwrap_or((DeviceInfoFlags::empty(), 0, 0));
        let mut answer = Answer::reply(question.ioctl, reply, contents::device);
        answer.contents.omissions = omissions(counts.1, counts.2);
        self.struct_(answer, question, device, buffer.len(), place);
        counts
    }

    fn region_info<F: AsFd>(
        &mut self,
        device: &Device<F>,
        flags: DeviceInfoFlags,
        index: u32,
        place: (&str, &str),
    ) {
        let question = &captures::REGION;
        let mut buffer = vec![0; question.size];
        // Older kernels refuse to map the table of MSI-X, whose place is in config space.
        let whole = self.release.is_some_and(|release| release >= Release::new(4, 16));
        let page_size = whole.then_some(self.page_size);
        let reply = device.get_region_info(&mut buffer, index);
        let answer = Answer::reply(question.ioctl, reply, |info| contents::region(info, page_size));
        let answer = answer.about(index, name_in(names::regions(flags), index));
        self.struct_(answer, question, device, buffer.len(), place);
    }

    /// Asks for each feature with each kind of access, and reads those that reading does not
    /// change.
    fn features<F: AsFd>(&mut self, device: &Device<F>) {
        let ioctl = "VFIO_DEVICE_FEATURE";
        for id in 0..MOST_FEATURES {
            for (access, flags) in PROBES {
                let result = device.feature_probe(id, flags).map(|()| 0);
                let answer = Answer::new(ioctl, result).access(access);
                self.push(answer.about(id, name_in(FEATURES, id)));
            }
        }
        let states = device.get_migration().map(contents::migration);
        let state = device.get_mig_device_state();
        let state = state.map(|(state, _)| contents::migration_state(state));
        let size = device.get_mig_data_size().map(contents::migration_size);
        let replies = [
            (VFIO_DEVICE_FEATURE_MIGRATION, states),
            (VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, state),
            (VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, size),
        ];
        for (id, reply) in replies {
            let answer = Answer::reply(ioctl, reply, |contents| contents).access("GET");
            self.push(answer.about(id, name_in(FEATURES, id)));
        }
    }

    /// Asks for the ways in which a mediated device shows pictures.
    fn planes<F: AsFd>(&mut self, device: &Device<F>) {
        let ways = [
            ("PROBE|DMABUF", DeviceGfxPlaneInfoFlags::DMABUF),
            ("PROBE|REGION", DeviceGfxPlaneInfoFlags::REGION),
        ];
        for (access, way) in ways {
            let result = device.query_gfx_plane(DeviceGfxPlaneInfoFlags::PROBE | way, 0);
            let answer = Answer::new("VFIO_DEVICE_QUERY_GFX_PLANE", result.map(|_| 0));
            self.push(answer.access(access));
        }
    }
}

/// Whether an empty container is an iommufd: only that has this error, as long as it has no
/// address space (drivers/iommu/iommufd/vfio_compat.c, iommufd_vfio_cc_iommu).
fn is_iommufd<F: AsFd>(container: &Container<F>) -> bool {
    let coherent = container.check_extension(VFIO_DMA_CC_IOMMU);
    coherent.is_err_and(|error| error.errno() == Some(Errno::NODEV))
}

/// The indexes that are asked for: one more than there are.
fn indexes(count: u32) -> RangeInclusive<u32> {
    0..=count.min(MOST_INDEXES)
}

/// The regions and blocks of interrupts that are not asked for.
fn omissions(regions: u32, irqs: u32) -> Vec<String> {
    let counts = [("regions", regions), ("interrupts", irqs)];
    let large = counts.into_iter().filter(|(_, count)| *count > MOST_INDEXES);
    large.map(|(name, _)| format!("not asked for: {name} after index {MOST_INDEXES}")).collect()
}

/// The first backend that a container has.
fn backend<F: AsFd>(container: &Container<F>, noiommu: bool) -> u32 {
    if noiommu {
        return VFIO_NOIOMMU_IOMMU;
    }
    let has = |id: &u32| container.check_extension(*id).is_ok_and(|found| found > 0);
    BACKENDS.into_iter().find(has).unwrap_or(VFIO_TYPE1v2_IOMMU)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_index_than_there_are_is_asked_for() {
        assert_eq!(indexes(0), 0..=0);
        assert_eq!(indexes(9), 0..=9);
        assert!(omissions(9, MOST_INDEXES).is_empty());
    }

    #[test]
    fn a_count_that_no_device_has_is_cut() {
        assert_eq!(indexes(u32::MAX), 0..=MOST_INDEXES);
        assert_eq!(omissions(9, u32::MAX), ["not asked for: interrupts after index 1024"]);
        assert_eq!(omissions(u32::MAX, MOST_INDEXES + 1).len(), 2);
    }
}
