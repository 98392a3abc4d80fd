//! The iommufd of a virtual machine monitor.

use std::fs::File;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::slice::from_ref;
use std::sync::Arc;

use iommufd_abi::calls::{CallError, Events, Iommufd};
use iommufd_abi::objects::{EventQueue, Hwpt, Ioas, Object, QueueObject, Vdevice, Viommu};
use iommufd_abi::requests::{
    GetHwInfo, GetHwInfoData, HwptAllocData, HwptInvalidateData, ViommuAllocData,
};
use iommufd_abi::streams::EventsData;
use iommufd_abi::uapi::*;
use log::error;
use vmm_sys_util::errno::Error as SysError;

use crate::{IommufdError, Result};

type Shared = Arc<File>;

fn os(error: impl Into<CallError>) -> SysError {
    SysError::new(error.into().errno().map_or(libc::EINVAL, |errno| errno.raw_os_error()))
}

/// An object that is destroyed when it is dropped.
struct Destroyed<O: Object>(O, &'static str);

impl<O: Object> Drop for Destroyed<O> {
    fn drop(&mut self) {
        if let Err(e) = self.0.destroy() {
            error!("Failed to destroy {} id {}: {e}", self.1, self.0.id());
        }
    }
}

pub struct IommuFd {
    iommufd: Iommufd<Shared>,
}

impl IommuFd {
    pub fn new() -> Result<Self> {
        let iommufd = iommufd_abi::open::iommufd().map_err(IommufdError::OpenIommufd)?;
        Ok(Self::new_from_fd(iommufd.into_inner()))
    }

    /// New from an already-opened `/dev/iommu` file. Caller transfers
    /// ownership; closing the fd is now `IommuFd`'s responsibility.
    pub fn new_from_fd(file: File) -> Self {
        // SAFETY: the caller opened `/dev/iommu`.
        IommuFd { iommufd: unsafe { Iommufd::new(Arc::new(file)) } }
    }

    /// Every call.
    pub fn calls(&self) -> &Iommufd<Shared> {
        &self.iommufd
    }

    pub fn destroy_iommu_object(&self, id: u32) -> Result<()> {
        self.iommufd.destroy(id).map_err(|e| IommufdError::IommuDestroy(os(e)))
    }

    pub fn device_hw_info(
        &self,
        dev_id: u32,
        hw_info_data: &mut IommufdHwInfoData,
    ) -> Result<iommu_hw_info> {
        let mut room = [0; size_of::<iommu_hw_info_arm_smmuv3>()];
        let reply = self.iommufd.get_hw_info(dev_id, &mut room);
        let reply = reply.map_err(|e| IommufdError::IommuGetHwInfo(os(e)))?;
        if let GetHwInfoData::ArmSmmuv3(info) = GetHwInfoData::read(&reply, &room) {
            *hw_info_data = IommufdHwInfoData::Smmuv3(info);
        }
        Ok(reply)
    }

    fn alloc_hwpt(
        &self,
        flags: iommufd_hwpt_alloc_flags,
        dev_id: u32,
        pt_id: u32,
        data: HwptAllocData<'_>,
    ) -> Result<Hwpt<Shared>> {
        Hwpt::alloc(self.iommufd.clone(), flags, dev_id, pt_id, data)
            .map_err(|e| IommufdError::IommuHwptAlloc(os(e)))
    }
}

impl AsRawFd for IommuFd {
    fn as_raw_fd(&self) -> RawFd {
        std::os::fd::AsFd::as_fd(&self.iommufd).as_raw_fd()
    }
}

#[derive(Debug, Copy, Clone)]
pub enum IommufdInvalidateData {
    Smmuv3(iommu_viommu_arm_smmuv3_invalidate),
}

#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum IommuKind {
    Smmuv3,
    Smmuv3Cmdqv,
    Unsupported(iommu_hw_info_type),
}

impl IommuKind {
    fn query(iommufd: &IommuFd, dev_id: u32) -> Result<Self> {
        let calls = &iommufd.iommufd;
        let reply = calls.get_hw_info(dev_id, &mut []);
        let reply = reply.map_err(|e| IommufdError::IommuGetHwInfo(os(e)))?;
        let mut cmdqv = GetHwInfo::new(dev_id, &mut []);
        cmdqv.in_data_type = Some(iommu_hw_info_type::TEGRA241_CMDQV);
        Ok(match iommu_hw_info_type(reply.out_data_type()) {
            iommu_hw_info_type::ARM_SMMUV3 if calls.get_hw_info_with(cmdqv).is_ok() => {
                IommuKind::Smmuv3Cmdqv
            }
            iommu_hw_info_type::ARM_SMMUV3 => IommuKind::Smmuv3,
            other => IommuKind::Unsupported(other),
        })
    }
}

#[derive(Debug, Copy, Clone)]
pub enum IommufdViommuData {
    Smmuv3,
    Tegra241Cmdqv { mmap_offset: u64, mmap_length: u64 },
}

pub struct IommufdIoas {
    ioas: Destroyed<Ioas<Shared>>,
    iommufd: Arc<IommuFd>,
}

impl IommufdIoas {
    pub fn new(iommufd: Arc<IommuFd>) -> Result<Self> {
        let ioas = Ioas::alloc(iommufd.iommufd.clone());
        let ioas = ioas.map_err(|e| IommufdError::IommuIoasAlloc(os(e)))?;
        Ok(Self { ioas: Destroyed(ioas, "IOAS"), iommufd })
    }

    pub fn id(&self) -> u32 {
        self.ioas.0.id()
    }

    pub fn map_file(
        &self,
        fd: RawFd,
        start: u64,
        length: u64,
        iova: u64,
        writeable: bool,
    ) -> Result<()> {
        let mut flags = iommufd_ioas_map_flags::READABLE | iommufd_ioas_map_flags::FIXED_IOVA;
        if writeable {
            flags |= iommufd_ioas_map_flags::WRITEABLE;
        }
        let calls = &self.iommufd.iommufd;
        // SAFETY: the caller's file is open.
        let fd = unsafe { BorrowedFd::borrow_raw(fd) };
        // SAFETY: nothing here relies on the contents of the file.
        let mapped = unsafe { calls.ioas_map_file(flags, self.id(), fd, start, length, iova) };
        mapped.map_err(|e| IommufdError::IommuIoasMapFile(os(e))).map(drop)
    }

    pub fn unmap(&self, iova: u64, length: u64) -> Result<()> {
        let unmapped = self.ioas.0.unmap(iova, length);
        unmapped.map_err(|e| IommufdError::IommuIoasUnmap(os(e))).map(drop)
    }
}

/// The tables and the vIOMMU are destroyed in this order.
pub struct IommufdVIommu {
    bypass_hwpt: Destroyed<Hwpt<Shared>>,
    abort_hwpt: Destroyed<Hwpt<Shared>>,
    viommu: Destroyed<Viommu<Shared>>,
    _s2_hwpt: Destroyed<Hwpt<Shared>>,
    ioas: Arc<IommufdIoas>,
    data: IommufdViommuData,
}

impl IommufdVIommu {
    pub fn new(ioas: Arc<IommufdIoas>, dev_id: u32, hw_queue: bool) -> Result<Self> {
        const SMMU_STE_VALID: u64 = 1 << 0;
        const SMMU_STE_CFG_BYPASS: u64 = 1 << 3;

        let iommufd = &ioas.iommufd;
        let kind = IommuKind::query(iommufd, dev_id)?;
        if hw_queue && kind != IommuKind::Smmuv3Cmdqv {
            return Err(IommufdError::HwQueueUnsupported);
        }
        if let IommuKind::Unsupported(hw_info_type) = kind {
            return Err(IommufdError::UnsupportedIommu(hw_info_type));
        }
        let parent = iommufd_hwpt_alloc_flags::ALLOC_NEST_PARENT;
        let s2_hwpt = iommufd.alloc_hwpt(parent, dev_id, ioas.id(), HwptAllocData::None)?;
        let s2_hwpt = Destroyed(s2_hwpt, "s2_hwpt");
        let mut cmdqv_data = iommu_viommu_tegra241_cmdqv::new();
        let data = match hw_queue {
            true => ViommuAllocData::Tegra241Cmdqv(&mut cmdqv_data),
            false => ViommuAllocData::Other(iommu_viommu_type::ARM_SMMUV3, &mut []),
        };
        let viommu = Viommu::alloc(iommufd.iommufd.clone(), dev_id, &s2_hwpt.0, data);
        let viommu = viommu.map_err(|e| IommufdError::IommuViommuAlloc(os(e)))?;
        let viommu = Destroyed(viommu, "vIOMMU");
        let s1_hwpt = |first: u64, what| {
            let ste = iommu_hwpt_arm_smmuv3 { ste: [first, 0] };
            let data = HwptAllocData::ArmSmmuv3(&ste);
            let none = iommufd_hwpt_alloc_flags(0);
            Ok(Destroyed(iommufd.alloc_hwpt(none, dev_id, viommu.0.id(), data)?, what))
        };
        Ok(IommufdVIommu {
            bypass_hwpt: s1_hwpt(SMMU_STE_CFG_BYPASS | SMMU_STE_VALID, "bypass_hwpt")?,
            abort_hwpt: s1_hwpt(SMMU_STE_VALID, "abort_hwpt")?,
            viommu,
            _s2_hwpt: s2_hwpt,
            data: match hw_queue {
                true => IommufdViommuData::Tegra241Cmdqv {
                    mmap_offset: cmdqv_data.out_vintf_mmap_offset,
                    mmap_length: cmdqv_data.out_vintf_mmap_length,
                },
                false => IommufdViommuData::Smmuv3,
            },
            ioas,
        })
    }

    pub fn alloc_s1_hwpt(&self, dev_id: u32, hwpt_data: &IommufdHwptData) -> Result<u32> {
        let IommufdHwptData::Smmuv3(data) = hwpt_data;
        let (none, data) = (iommufd_hwpt_alloc_flags(0), HwptAllocData::ArmSmmuv3(data));
        let hwpt = self.iommufd().alloc_hwpt(none, dev_id, self.viommu.0.id(), data)?;
        Ok(hwpt.id())
    }

    pub fn data(&self) -> IommufdViommuData {
        self.data
    }

    pub fn iommufd(&self) -> &Arc<IommuFd> {
        &self.ioas.iommufd
    }

    pub fn attach_bypass(&self, device: &dyn AttachHwpt) -> Result<()> {
        device.attach_hwpt(self.bypass_hwpt.0.id()).map_err(IommufdError::AttachHwpt)
    }

    pub fn attach_abort(&self, device: &dyn AttachHwpt) -> Result<()> {
        device.attach_hwpt(self.abort_hwpt.0.id()).map_err(IommufdError::AttachHwpt)
    }

    pub fn invalidate(&self, cmd: &mut IommufdInvalidateData) -> Result<bool> {
        let IommufdInvalidateData::Smmuv3(data) = cmd;
        let done = self.viommu.0.invalidate(HwptInvalidateData::ArmSmmuv3(from_ref(data)));
        let done = done.map_err(|e| IommufdError::IommuHwptInvalidate(os(e)))?;
        Ok(done.entry_num == 1)
    }

    pub fn hw_queue_support(&self) -> bool {
        matches!(self.data, IommufdViommuData::Tegra241Cmdqv { .. })
    }

    pub fn allocate_veventq(self: &Arc<Self>, depth: u32) -> Result<IommufdVEventQ> {
        self.alloc_veventq(iommu_veventq_type::ARM_SMMUV3, depth)
    }

    pub fn allocate_cmdqv_veventq(self: &Arc<Self>, depth: u32) -> Result<IommufdVEventQ> {
        let veventq_type = iommu_veventq_type::TEGRA241_CMDQV;
        if !self.hw_queue_support() {
            return Err(IommufdError::UnsupportedVeventqType(veventq_type));
        }
        self.alloc_veventq(veventq_type, depth)
    }

    fn alloc_veventq(
        self: &Arc<Self>,
        veventq_type: iommu_veventq_type,
        depth: u32,
    ) -> Result<IommufdVEventQ> {
        let queue = EventQueue::events(&self.viommu.0, veventq_type, depth);
        let queue = queue.map_err(|e| IommufdError::IommuVeventqAlloc(os(e)))?;
        let fd = std::os::fd::AsFd::as_fd(queue.queue()).as_raw_fd();
        // SAFETY: FFI call on an fd we own and the return value is checked.
        if unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) } < 0 {
            return Err(IommufdError::VeventqNonBlocking(SysError::last()));
        }
        let (queue, _viommu) = (Some(queue), Arc::clone(self));
        Ok(IommufdVEventQ { queue, fd, veventq_type, last_sequence: None, _viommu })
    }

    pub fn allocate_hw_queue(
        self: &Arc<Self>,
        index: u32,
        base_addr: u64,
        length: u64,
    ) -> Result<IommufdHwQueue> {
        if !self.hw_queue_support() {
            return Err(IommufdError::HwQueueUnsupported);
        }
        let type_ = iommu_hw_queue_type::TEGRA241_CMDQV;
        let calls = &self.iommufd().iommufd;
        let queue = calls.hw_queue_alloc(self.viommu.0.id(), type_, index, base_addr, length);
        let id = queue.map_err(|e| IommufdError::IommuHwQueueAlloc(os(e)))?.out_hw_queue_id;
        Ok(IommufdHwQueue { viommu: Arc::clone(self), id })
    }
}

pub struct IommufdHwQueue {
    viommu: Arc<IommufdVIommu>,
    id: u32,
}

impl Drop for IommufdHwQueue {
    fn drop(&mut self) {
        if let Err(e) = self.viommu.iommufd().destroy_iommu_object(self.id) {
            error!("Failed to destroy HW queue id {}: {e}", self.id);
        }
    }
}

#[derive(Debug, Copy, Clone)]
pub enum IommufdVEventData {
    Smmuv3(iommu_vevent_arm_smmuv3),
    Tegra241Cmdqv(iommu_vevent_tegra241_cmdqv),
}

/// A decoded virtual event.
#[derive(Debug, Copy, Clone)]
pub struct IommufdVEvent {
    pub header: iommufd_vevent_header,
    pub data: Option<IommufdVEventData>,
    pub lost: u32,
}

pub struct IommufdVEventQ {
    queue: Option<EventQueue<Events<std::os::fd::OwnedFd>, QueueObject<Shared>>>,
    fd: RawFd,
    veventq_type: iommu_veventq_type,
    last_sequence: Option<u32>,
    _viommu: Arc<IommufdVIommu>,
}

impl IommufdVEventQ {
    pub fn as_raw_fd(&self) -> RawFd {
        self.fd
    }

    pub fn veventq_type(&self) -> iommu_veventq_type {
        self.veventq_type
    }

    pub fn read_events(&mut self) -> std::io::Result<Vec<IommufdVEvent>> {
        const SEQ_SPAN: u32 = i32::MAX as u32 + 1;
        let mut buf = [0; (size_of::<iommufd_vevent_header>() + 32) * 64];
        let Some(queue) = &self.queue else { return Ok(Vec::new()) };
        let mut events = Vec::new();
        for event in queue.read(&mut buf, self.veventq_type)? {
            let (header, data) = event.map_err(|_| {
                let cut = "vEVENTQ returned a truncated record";
                std::io::Error::new(std::io::ErrorKind::InvalidData, cut)
            })?;
            let lost = self.last_sequence.replace(header.sequence).map_or(0, |prev| {
                (header.sequence.wrapping_sub(prev) & (SEQ_SPAN - 1)).saturating_sub(1)
            });
            let data = data.and_then(|data| match data {
                EventsData::ArmSmmuv3(data) => Some(IommufdVEventData::Smmuv3(data)),
                EventsData::Tegra241Cmdqv(data) => Some(IommufdVEventData::Tegra241Cmdqv(data)),
                _ => None,
            });
            events.push(IommufdVEvent { header, data, lost });
        }
        Ok(events)
    }
}

impl Drop for IommufdVEventQ {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            let id = queue.id();
            if let Err(e) = queue.destroy() {
                error!("Failed to destroy vEVENTQ id {id}: {e}");
            }
        }
    }
}

#[derive(Debug, Copy, Clone)]
pub enum IommufdHwInfoData {
    Smmuv3(iommu_hw_info_arm_smmuv3),
}

#[derive(Debug, Copy, Clone)]
pub enum IommufdHwptData {
    Smmuv3(iommu_hwpt_arm_smmuv3),
}

/// A device attachable to an iommufd page table.
pub trait AttachHwpt: Send + Sync {
    /// Attach the device to the HW page table.
    fn attach_hwpt(&self, pt_id: u32) -> std::io::Result<()>;
    /// Detach the device from the HW page table.
    fn detach_hwpt(&self) -> std::io::Result<()>;
}

pub struct IommufdVDevice {
    viommu: Arc<IommufdVIommu>,
    device: Arc<dyn AttachHwpt>,
    dev_id: u32,
    virt_id: u64,
    s1_hwpt: Option<Destroyed<Hwpt<Shared>>>,
    vdevice: Destroyed<Vdevice<Shared>>,
}

impl IommufdVDevice {
    pub fn new(
        viommu: Arc<IommufdVIommu>,
        device: Arc<dyn AttachHwpt>,
        dev_id: u32,
        virt_id: u64,
    ) -> Result<Self> {
        let vdevice = viommu.viommu.0.vdevice(dev_id, virt_id);
        let vdevice = vdevice.map_err(|e| IommufdError::IommuVdeviceAlloc(os(e)))?;
        let vdevice = Destroyed(vdevice, "vDevice");
        Ok(IommufdVDevice { viommu, device, dev_id, virt_id, s1_hwpt: None, vdevice })
    }

    pub fn install_s1_hwpt(&mut self, hwpt_data: &IommufdHwptData) -> Result<()> {
        let id = self.viommu.alloc_s1_hwpt(self.dev_id, hwpt_data)?;
        let iommufd = self.viommu.iommufd().iommufd.clone();
        let new = Destroyed(Hwpt::from_id(iommufd, id), "s1_hwpt");
        self.device.attach_hwpt(id).map_err(IommufdError::AttachHwpt)?;
        self.s1_hwpt = Some(new);
        Ok(())
    }

    pub fn uninstall_s1_hwpt(&mut self, abort: bool) -> Result<()> {
        if abort {
            self.viommu.attach_abort(&*self.device)?;
        } else {
            self.viommu.attach_bypass(&*self.device)?;
        }
        self.s1_hwpt = None;
        Ok(())
    }

    pub fn hw_info(&self, hw_info_data: &mut IommufdHwInfoData) -> Result<iommu_hw_info> {
        self.viommu.iommufd().device_hw_info(self.dev_id, hw_info_data)
    }

    pub fn virt_id(&self) -> u64 {
        self.virt_id
    }
}

impl Drop for IommufdVDevice {
    fn drop(&mut self) {
        if let Err(e) = self.device.detach_hwpt() {
            error!("Failed to detach the device of vDevice id {}: {e}", self.vdevice.0.id());
        }
    }
}
