//! Calls of VFIO, and a mock of the kernel for the tests.

use std::ffi::CStr;
use std::fs::File;

use vfio_abi::requests::IrqSetAction;
use vfio_abi::uapi::*;
use vfio_abi::views::RegionInfo;
use vmm_sys_util::errno::Error as SysError;

use crate::{Result, VfioContainer, VfioDevice, VfioError, VfioGroup};

#[cfg(not(test))]
pub(crate) mod vfio_syscall {
    use super::*;
    use std::os::fd::{AsFd, BorrowedFd};
    use vfio_abi::calls::{CallError, Container, Device, Group, Migration};

    fn os(error: CallError) -> SysError {
        SysError::new(error.errno().map_or(libc::EINVAL, |errno| errno.raw_os_error()))
    }

    fn container(container: &VfioContainer) -> Container<BorrowedFd<'_>> {
        // SAFETY: `VfioContainer` opens `/dev/vfio/vfio`.
        unsafe { Container::new(container.container.as_fd()) }
    }

    fn group(file: &File) -> Group<BorrowedFd<'_>> {
        // SAFETY: `VfioGroup` opens a group.
        unsafe { Group::new(file.as_fd()) }
    }

    fn device(file: &File) -> Device<BorrowedFd<'_>> {
        // SAFETY: the file comes from a group or is the node of a device.
        unsafe { Device::new(file.as_fd()) }
    }

    pub(crate) fn check_api_version(of: &VfioContainer) -> i32 {
        container(of).get_api_version().map_or(-1, |version| version as i32)
    }

    pub(crate) fn check_extension(of: &VfioContainer, val: u32) -> Result<u32> {
        container(of).check_extension(val).map_err(|_| VfioError::VfioExtension)
    }

    pub(crate) fn set_iommu(of: &VfioContainer, val: u32) -> Result<()> {
        container(of).set_iommu(val).map_err(|error| VfioError::ContainerSetIOMMU(os(error)))
    }

    /// # Safety
    ///
    /// See [`VfioContainer::vfio_dma_map`]
    pub(crate) unsafe fn map_dma(of: &VfioContainer, vaddr: u64, iova: u64, size: u64) -> Result<()> {
        let flags = IommuType1DmaMapFlags::READ | IommuType1DmaMapFlags::WRITE;
        // SAFETY: as the caller guarantees.
        let mapped = unsafe { container(of).iommu_map_dma(flags, vaddr, iova, size) };
        mapped.map_err(|error| VfioError::IommuDmaMap(os(error)))
    }

    pub(crate) fn unmap_dma(of: &VfioContainer, iova: u64, size: u64) -> Result<u64> {
        let unmapped = container(of).iommu_unmap_dma(IommuType1DmaUnmapFlags(0), iova, size);
        unmapped.map(|reply| reply.size).map_err(|error| VfioError::IommuDmaUnmap(os(error)))
    }

    pub(crate) fn group_flags(file: &File) -> Result<u32> {
        let status = group(file).get_status().map_err(|_| VfioError::GetGroupStatus)?;
        Ok(status.flags.0)
    }

    pub(crate) fn get_group_device_fd(of: &VfioGroup, path: &CStr) -> Result<File> {
        let device = group(&of.group).get_device_fd(path);
        let device = device.map_err(|error| VfioError::GroupGetDeviceFD(os(error)))?;
        Ok(device.into_inner().into())
    }

    pub(crate) fn set_group_container(of: &VfioGroup, container: &VfioContainer) -> Result<()> {
        let set = group(&of.group).set_container(&container.container);
        set.map_err(|_| VfioError::GroupSetContainer)
    }

    pub(crate) fn unset_group_container(of: &VfioGroup, _: &VfioContainer) -> Result<()> {
        group(&of.group).unset_container().map_err(|error| {
            log::error!("{error}");
            VfioError::GroupSetContainer
        })
    }

    pub(crate) fn get_device_info(file: &File) -> Result<vfio_device_info> {
        let mut buffer = [0; 256];
        let info = device(file).get_info(&mut buffer);
        let info = info.map_err(|error| VfioError::VfioDeviceGetInfo(os(error)))?;
        let mut device = vfio_device_info::new();
        (device.flags, device.num_regions) = (info.flags(), info.num_regions());
        device.num_irqs = info.num_irqs();
        Ok(device)
    }

    pub(crate) fn set_irqs(
        of: &VfioDevice,
        action: IrqSetAction,
        index: u32,
        start: u32,
        count: u32,
    ) -> Result<()> {
        let set = device(&of.device).set_irqs_none(action, index, start, count);
        set.map_err(|_| VfioError::VfioDeviceSetIrq)
    }

    pub(crate) fn set_eventfds(
        of: &VfioDevice,
        action: IrqSetAction,
        index: u32,
        fds: &[i32],
    ) -> Result<()> {
        // SAFETY: the caller's eventfds are open; -1 stands for none.
        let borrow = |fd: &i32| (*fd >= 0).then(|| unsafe { BorrowedFd::borrow_raw(*fd) });
        let fds: Vec<_> = fds.iter().map(borrow).collect();
        let set = device(&of.device).set_irqs_eventfd(action, index, 0, &fds);
        set.map_err(|_| VfioError::VfioDeviceSetIrq)
    }

    pub(crate) fn reset(of: &VfioDevice) {
        let _ = device(&of.device).reset();
    }

    pub(crate) fn get_irq_info(file: &File, index: u32) -> Result<vfio_irq_info> {
        let info = device(file).get_irq_info(index);
        info.map_err(|error| VfioError::VfioDeviceGetRegionInfo(os(error)))
    }

    pub(crate) fn get_region_info<'b>(
        file: &File,
        buffer: &'b mut Vec<u8>,
        index: u32,
    ) -> Result<RegionInfo<'b>> {
        let info = device(file).get_region_info(buffer, index);
        info.map_err(|error| VfioError::VfioDeviceGetRegionInfo(os(error)))
    }

    #[cfg(feature = "vfio_cdev")]
    pub(crate) fn bind_device_iommufd(file: &File, iommufd: i32) -> Result<u32> {
        // SAFETY: the caller's iommufd is open.
        let bound = device(file).bind_iommufd(unsafe { BorrowedFd::borrow_raw(iommufd) });
        let bound = bound.map_err(|error| VfioError::VfioDeviceBindIommufd(os(error)))?;
        Ok(bound.out_devid)
    }

    #[cfg(feature = "vfio_cdev")]
    pub(crate) fn attach(file: &File, pt_id: u32, pasid: Option<u32>) -> Result<()> {
        let mut request = vfio_abi::requests::AttachIommufdPt::new(pt_id);
        request.pasid = pasid;
        let attached = device(file).attach_iommufd_pt_with(request);
        attached.map(drop).map_err(|error| VfioError::VfioDeviceAttachIommufdPt(os(error)))
    }

    #[cfg(feature = "vfio_cdev")]
    pub(crate) fn detach(file: &File, pasid: Option<u32>) -> Result<()> {
        let mut request = vfio_abi::requests::DetachIommufdPt::new();
        request.pasid = pasid;
        let detached = device(file).detach_iommufd_pt_with(request);
        detached.map_err(|error| VfioError::VfioDeviceDetachIommufdPt(os(error)))
    }

    /// Calls a feature of a device.
    pub(crate) fn feature<T>(
        of: &VfioDevice,
        call: impl FnOnce(Device<BorrowedFd<'_>>) -> std::result::Result<T, CallError>,
    ) -> Result<T> {
        call(device(&of.device)).map_err(|error| VfioError::VfioDeviceFeature(os(error)))
    }

    pub(crate) fn mig_get_precopy_info(file: &File) -> Result<vfio_precopy_info> {
        // SAFETY: the file is the migration data of a device.
        let info = unsafe { Migration::new(file.as_fd()) }.mig_get_precopy_info();
        info.map_err(|error| VfioError::VfioMigGetPrecopyInfo(os(error)))
    }
}

#[cfg(test)]
pub(crate) mod vfio_syscall {
    use super::*;
    use std::os::fd::OwnedFd;

    use vfio_abi::calls::Migration;
    use vfio_abi::views::{NewRegionCap, REGION};
    use vmm_sys_util::tempfile::TempFile;

    fn refused() -> SysError {
        SysError::new(libc::EINVAL)
    }

    pub(crate) fn check_api_version(_: &VfioContainer) -> i32 {
        VFIO_API_VERSION as i32
    }

    pub(crate) fn check_extension(_: &VfioContainer, val: u32) -> Result<u32> {
        (val == VFIO_TYPE1v2_IOMMU).then_some(1).ok_or(VfioError::VfioExtension)
    }

    pub(crate) fn set_iommu(_: &VfioContainer, _: u32) -> Result<()> {
        Ok(())
    }

    pub(crate) unsafe fn map_dma(_: &VfioContainer, _: u64, iova: u64, _: u64) -> Result<()> {
        (iova == 0x1000).then_some(()).ok_or(VfioError::IommuDmaMap(refused()))
    }

    pub(crate) fn unmap_dma(_: &VfioContainer, iova: u64, size: u64) -> Result<u64> {
        let size = if size == 0x2000 { 0x1000 } else { size };
        (iova == 0x1000).then_some(size).ok_or(VfioError::IommuDmaUnmap(refused()))
    }

    pub(crate) fn group_flags(_: &File) -> Result<u32> {
        Ok(VFIO_GROUP_FLAGS_VIABLE)
    }

    pub(crate) fn get_group_device_fd(_: &VfioGroup, _: &CStr) -> Result<File> {
        Ok(File::open(TempFile::new().unwrap().as_path()).unwrap())
    }

    pub(crate) fn set_group_container(_: &VfioGroup, _: &VfioContainer) -> Result<()> {
        Ok(())
    }

    pub(crate) fn unset_group_container(_: &VfioGroup, _: &VfioContainer) -> Result<()> {
        Ok(())
    }

    pub(crate) fn create_dev_info_for_test() -> vfio_device_info {
        let mut info = vfio_device_info::new();
        (info.num_regions, info.num_irqs) = (2, 4);
        info
    }

    pub(crate) fn get_device_info(_: &File) -> Result<vfio_device_info> {
        let mut info = vfio_device_info::new();
        info.flags = DeviceInfoFlags::PCI;
        (info.num_regions, info.num_irqs) = (VFIO_PCI_NUM_REGIONS, VFIO_PCI_MSIX_IRQ_INDEX + 1);
        Ok(info)
    }

    pub(crate) fn set_irqs(
        _: &VfioDevice,
        action: IrqSetAction,
        index: u32,
        _: u32,
        count: u32,
    ) -> Result<()> {
        let bad = match action {
            IrqSetAction::Trigger => index == 0 && count == 0,
            IrqSetAction::Unmask => index == 1 && count == 1,
            _ => false,
        };
        if bad { Err(VfioError::VfioDeviceSetIrq) } else { Ok(()) }
    }

    pub(crate) fn set_eventfds(
        _: &VfioDevice,
        action: IrqSetAction,
        index: u32,
        fds: &[i32],
    ) -> Result<()> {
        match action {
            IrqSetAction::Trigger if index == 0 && fds.is_empty() => {
                Err(VfioError::VfioDeviceSetIrq)
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn reset(_: &VfioDevice) {}

    /// The reply of a kernel, for the buffer that is given.
    pub(crate) fn get_region_info<'b>(
        _: &File,
        buffer: &'b mut Vec<u8>,
        index: u32,
    ) -> Result<RegionInfo<'b>> {
        let failed = || VfioError::VfioDeviceGetRegionInfo(refused());
        let mut fixed = vfio_region_info::new();
        let (mut type_, sparse) =
            (vfio_region_info_cap_type::new(), vfio_region_info_cap_sparse_mmap::new());
        (type_.r#type, type_.subtype) = (5, 6);
        let mut area = vfio_region_sparse_mmap_area::new();
        (area.offset, area.size) = (4, 3);
        let areas = [area];
        let caps = [
            NewRegionCap::MsixMappable,
            NewRegionCap::Type(&type_),
            NewRegionCap::SparseMmap(&sparse, &areas),
        ];
        let caps = if index == 1 { &caps[..] } else { &[] };
        if index == VFIO_PCI_VGA_REGION_INDEX || index >= VFIO_PCI_NUM_REGIONS {
            return Err(failed());
        }
        (fixed.size, fixed.offset) = (u64::from(index + 1) * 0x1000, u64::from(index + 1) * 0x10000);
        let info = RegionInfo::request(buffer, index, |bytes| {
            REGION.reply(bytes, &fixed, caps).map(|_| bytes.len())
        });
        info.map_err(|_| failed())
    }

    pub(crate) fn get_irq_info(_: &File, index: u32) -> Result<vfio_irq_info> {
        let mut info = vfio_irq_info::new();
        (info.flags, info.count) = match index {
            0 => (IrqInfoFlags::MASKABLE, 1),
            1 => (IrqInfoFlags::EVENTFD, 32),
            2 => (IrqInfoFlags::EVENTFD, 2048),
            _ => return Err(VfioError::VfioDeviceGetRegionInfo(refused())),
        };
        Ok(info)
    }

    #[cfg(feature = "vfio_cdev")]
    pub(crate) fn bind_device_iommufd(_: &File, _: i32) -> Result<u32> {
        Ok(0)
    }

    #[cfg(feature = "vfio_cdev")]
    pub(crate) fn attach(_: &File, _: u32, _: Option<u32>) -> Result<()> {
        Ok(())
    }

    #[cfg(feature = "vfio_cdev")]
    pub(crate) fn detach(_: &File, _: Option<u32>) -> Result<()> {
        Ok(())
    }

    /// The features of the device of the tests, with the methods of the real one.
    pub(crate) struct Features;

    impl Features {
        pub(crate) fn get_migration(&self) -> Result<vfio_device_feature_migration> {
            let mut migration = vfio_device_feature_migration::new();
            migration.flags = DeviceFeatureMigrationFlags::STOP_COPY;
            Ok(migration)
        }

        pub(crate) fn set_mig_device_state(
            &self,
            state: vfio_device_mig_state,
        ) -> Result<(vfio_device_feature_mig_state, Option<Migration<OwnedFd>>)> {
            match state.0 {
                u32::MAX => Err(VfioError::VfioDeviceFeature(refused())),
                _ => Ok((vfio_device_feature_mig_state::new(), None)),
            }
        }

        pub(crate) fn get_mig_device_state(
            &self,
        ) -> Result<(vfio_device_feature_mig_state, Option<Migration<OwnedFd>>)> {
            let mut state = vfio_device_feature_mig_state::new();
            state.device_state = vfio_device_mig_state::RUNNING;
            Ok((state, None))
        }

        pub(crate) fn get_mig_data_size(&self) -> Result<vfio_device_feature_mig_data_size> {
            let mut size = vfio_device_feature_mig_data_size::new();
            size.stop_copy_length = 0x100000;
            Ok(size)
        }

        pub(crate) fn set_dma_logging_start(
            &self,
            page_size: u64,
            _: &[vfio_device_feature_dma_logging_range],
        ) -> Result<vfio_device_feature_dma_logging_control> {
            let mut control = vfio_device_feature_dma_logging_control::new();
            control.page_size = page_size;
            Ok(control)
        }

        pub(crate) fn set_dma_logging_stop(&self) -> Result<()> {
            Ok(())
        }

        pub(crate) fn get_dma_logging_report(
            &self,
            _: u64,
            _: u64,
            _: u64,
            bitmap: &mut [u64],
        ) -> Result<()> {
            bitmap[0] = u64::MAX;
            Ok(())
        }

        #[cfg(feature = "vfio_cdev")]
        pub(crate) fn feature_probe(&self, _: u32, _: DeviceFeatureFlags) -> Result<()> {
            Err(VfioError::VfioDeviceFeature(refused()))
        }

        #[cfg(feature = "vfio_cdev")]
        pub(crate) fn get_dma_buf(
            &self,
            _: u32,
            _: u32,
            _: u32,
            _: &[vfio_region_dma_range],
        ) -> Result<OwnedFd> {
            Err(VfioError::VfioDeviceFeature(refused()))
        }
    }

    pub(crate) fn feature<T>(
        _: &VfioDevice,
        call: impl FnOnce(Features) -> Result<T>,
    ) -> Result<T> {
        call(Features)
    }

    pub(crate) fn mig_get_precopy_info(_: &File) -> Result<vfio_precopy_info> {
        Ok(vfio_precopy_info::new())
    }
}
