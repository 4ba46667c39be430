/**
 * The report of a busy machine with 32 cores, as the collectors make it. Sealed, it must fit into one
 * Ethernet frame. The figures are real, the names are changed.
 */
import type { Report } from "../../src/protocol/report.ts";

export const TYPICAL_REPORT: Report = {
  version: "0.1.0",
  httpPort: 8000,
  name: "render-03",
  tags: ["gpu", "lab"],
  updateSeconds: 600,
  averageSeconds: 600,
  uptimeSeconds: 1_243_117,
  host: {
    cores: 32,
    model: "AMD Ryzen Threadripper PRO 5975WX 32-Cores",
    kernel: "6.12.41+deb13-amd64",
    os: "Debian GNU/Linux 13 (trixie)",
  },
  cpu: {
    userPercent: 21.7,
    nicePercent: 0.1,
    systemPercent: 3.9,
    iowaitPercent: 0.3,
    stealPercent: 0,
    idlePercent: 74.0,
    cores: [
      ...[98.7, 3.1, 4.6, 56.1, 0.9, 2.2, 99.6, 1.8, 33.4, 5.2, 0.7, 12.9, 97.3, 2.4, 3.3, 41.8],
      ...[6.6, 0.4, 1.3, 99.1, 2.7, 18.5, 4.4, 3.8, 0.6, 96.2, 7.1, 5.9, 22.3, 1.1, 2.9, 60.7],
    ],
  },
  load: { one: 8.31, five: 7.92, fifteen: 7.44, running: 9, tasks: 1_388 },
  memory: {
    totalBytes: 134_985_412_608,
    availableBytes: 81_213_718_528,
    usedBytes: 53_771_694_080,
    activeBytes: 40_126_803_968,
    inactiveBytes: 33_914_421_248,
    buffersCachedBytes: 47_203_905_536,
    swapTotalBytes: 8_589_930_496,
    swapUsedBytes: 213_909_504,
  },
  pressure: {
    cpuSomePercent: 1.7,
    memorySomePercent: 0,
    memoryFullPercent: 0,
    ioSomePercent: 0.6,
    ioFullPercent: 0.5,
  },
  swap: { inBytesPerSecond: 137, outBytesPerSecond: 0 },
  disk: { readBytesPerSecond: 3_418_226, writeBytesPerSecond: 911_704 },
  filesystems: [
    { mount: "/", type: "ext4", totalBytes: 105_089_261_568, freeBytes: 62_277_025_792 },
    { mount: "/boot/efi", type: "vfat", totalBytes: 535_805_952, freeBytes: 529_608_704 },
    { mount: "/home", type: "nfs4", totalBytes: 3_998_832_754_688, freeBytes: 911_003_648_000 },
    { mount: "/scratch", type: "xfs", totalBytes: 7_999_376_588_800, freeBytes: 5_120_400_891_904 },
  ],
  network: {
    receiveBytesPerSecond: 4_108_331,
    transmitBytesPerSecond: 377_902,
    interfaces: [
      {
        name: "eno1",
        receiveBytesPerSecond: 4_108_331,
        transmitBytesPerSecond: 377_902,
        errors: 0,
        drops: 2,
      },
      {
        name: "eno2",
        receiveBytesPerSecond: 0,
        transmitBytesPerSecond: 0,
        errors: 0,
        drops: 0,
      },
    ],
  },
  users: [
    {
      name: "user1",
      terminal: "pts/0",
      from: "192.168.1.23",
      loginAgeSeconds: 41_822,
      idleSeconds: 311,
      command: "vim",
    },
    {
      name: "user2",
      terminal: "pts/1",
      from: "192.168.1.40",
      loginAgeSeconds: 7_804,
      idleSeconds: 12,
      command: "octave",
    },
    { name: "user1", terminal: "tty2", loginAgeSeconds: 380_214, command: "gnome-session-b" },
  ],
  userCount: 3,
  processes: [
    process(831_204, "user2", 99.8, 3.1, "R", 81_377, "octave-gui"),
    process(831_977, "user2", 97.4, 2.9, "R", 79_005, "octave-gui"),
    process(612_318, "user3", 96.9, 1.2, "R", 190_442, "blender"),
    process(704_551, "user1", 54.2, 4.4, "S", 3_812, "firefox-esr"),
    process(612_002, "user3", 41.7, 0.8, "S", 60_119, "ffmpeg"),
    process(1_914, "root", 12.3, 0.2, "S", 30_466, "nfsd"),
    process(2_207, "mysql", 6.1, 5.7, "S", 71_390, "mariadbd"),
    process(845_113, "user1", 2.2, 0.4, "S", 51, "cc1plus"),
    process(958, "messagebus", 0.4, 0, "S", 904, "dbus-daemon"),
    process(1_203, "unagi", 0.2, 0, "S", 612, "unagi"),
  ],
  processCount: 512,
  messages: [
    "Jul 14 03:20:01 render-03 CRON[845002]: (root) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.daily)",
    "Jul 14 03:20:05 render-03 kernel: nfs: server filer not responding, still trying",
    "Jul 14 03:20:36 render-03 kernel: nfs: server filer OK",
    "Jul 14 03:21:11 render-03 sshd[845107]: Accepted publickey for user1 from 192.168.1.23 port 50122 ssh2",
    "Jul 14 03:21:12 render-03 systemd-logind[1021]: New session 8812 of user user1.",
  ],
  messageCount: 17,
};

function process(
  pid: number,
  user: string,
  cpuPercent: number,
  memoryPercent: number,
  state: string,
  cpuSeconds: number,
  command: string,
) {
  return { pid, user, cpuPercent, memoryPercent, state, cpuSeconds, command };
}
