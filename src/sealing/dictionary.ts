/**
 * The preset dictionary with which messages are deflated: their keys and frequent words, so that no
 * packet has to carry them. It is part of the wire, and changing a character of it makes another
 * protocol (docs/protocol.md).
 *
 * It takes a typical report from 1,700 bytes to 1,184 (tests/sealing/typical.test.ts). The most
 * frequent texts come last, where zlib refers to them with the fewest bits.
 */

/** Words that systems report: distributions, file systems, log lines, ordinary programs. */
const WORDS = [
  "Ubuntu 24.04 LTS Debian GNU/Linux 12 (bookworm) 13 (trixie) -generic -amd64",
  " Intel(R) Core(TM) Xeon(R) CPU @ GHz AMD Ryzen EPYC -Core Processor",
  " /boot/efi /home /var /srv vfat btrfs xfs nfs4 ext4",
  " CRON[: (root) CMD ( pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
  " systemd-logind[: New session  of user  sshd[: Accepted publickey for  from  port  ssh2",
  " kernel: systemd[1]: Starting .service - Started .service - Deactivated successfully.",
  " www-data postgres systemd-journal kworker/ containerd-shim python3 rsync bash sshd Xorg",
].join("");

/** The messages of protocol 2 with all their keys, in the order of the encoder. */
const KEYS = [
  '<{"hint":["<{"bye":{"id":"","boot":"',
  '>{"question":,"id":"","boot":"","sequence":,"liveSequence":,"watching":true}',
  '<{"answer":,"id":"","boot":"","sequence":,"liveSequence":,"interval":600,"age":0.,"clock":17,',
  '"you":"192.168.1.","name":"","report":{"version":"0.1.0","httpPort":8000,"name":"","tags":[""],',
  '"updateSeconds":600,"averageSeconds":600,"uptimeSeconds":,',
  '"host":{"cores":,"model":"","kernel":"","os":""},"cpu":{"userPercent":,"nicePercent":0,',
  '"systemPercent":,"iowaitPercent":0,"stealPercent":0,"idlePercent":,"cores":[0.,0.]},',
  '"load":{"one":,"five":,"fifteen":,"running":1,"tasks":},',
  '"memory":{"totalBytes":,"availableBytes":,"usedBytes":,"activeBytes":,"inactiveBytes":,',
  '"buffersCachedBytes":,"swapTotalBytes":,"swapUsedBytes":0},',
  '"pressure":{"cpuSomePercent":0.,"memorySomePercent":0,"memoryFullPercent":0,',
  '"ioSomePercent":0,"ioFullPercent":0},"swap":{"inBytesPerSecond":0,"outBytesPerSecond":0},',
  '"disk":{"readBytesPerSecond":0,"writeBytesPerSecond":0},',
  '"filesystems":[{"mount":"/","type":"ext4","totalBytes":,"freeBytes":}],',
  '"network":{"receiveBytesPerSecond":,"transmitBytesPerSecond":,"interfaces":[{"name":"eth0",',
  '"receiveBytesPerSecond":0,"transmitBytesPerSecond":0,"errors":0,"drops":0}]},',
  '"users":[{"name":"","terminal":"pts/0","from":"","loginAgeSeconds":,"idleSeconds":,',
  '"command":""},{"name":"","terminal":"tty1"}],"userCount":0,"processes":[{"pid":,"user":"root",',
  '"cpuPercent":0.,"memoryPercent":0.,"state":"S","cpuSeconds":,"command":""},{"pid":',
  '],"processCount":,"messages":[","],"messageCount":0,',
  '"problems":[{"subject":"","reason":"","remedy":""}]}}',
].join("");

export const DICTIONARY: Uint8Array = new TextEncoder().encode(WORDS + KEYS);
