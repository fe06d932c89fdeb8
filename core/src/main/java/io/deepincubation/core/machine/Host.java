package io.deepincubation.core.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The machine that this process runs on. */
public final class Host {

  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PROCESS_SPACE = Path.of("/proc/self/ns/pid");
  private static final String NAME = findName();
  private static final String MACHINE = findMachine();

  private Host() {}

  /** Its name in the network, or {@code localhost} where it has none. */
  public static String name() {
    return NAME;
  }

  /**
   * Names the running system and the space of its process numbers, which a container has of its
   * own; equal names mean that equal process numbers are one process.
   *
   * @return empty where the system does not tell
   */
  public static String machine() {
    return MACHINE;
  }

  /**
   * When a process of this machine started, in milliseconds since 1970.
   *
   * @return 0 if there is none of that number, or the system does not tell
   */
  public static long processStart(long process) {
    return ProcessHandle.of(process)
        .flatMap(found -> found.info().startInstant())
        .map(Instant::toEpochMilli)
        .orElse(0L);
  }

  private static String findName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static String findMachine() {
    try {
      return Files.readString(BOOT).strip() + " " + Files.readSymbolicLink(PROCESS_SPACE);
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}
