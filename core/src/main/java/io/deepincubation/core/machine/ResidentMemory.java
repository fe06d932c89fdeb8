package io.deepincubation.core.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What of this process lies in the machine's memory, by Linux's account. */
public final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  /** Sets the mark of the highest back to the present size. */
  private static final String CLEAR_HIGHEST = "5";

  private ResidentMemory() {}

  /** Bytes now: heap, libtorch's tensors, code, mapped files; 0 where the system does not tell. */
  public static long bytes() {
    return status("VmRSS:");
  }

  /** The most bytes so far, or since the last {@link #forgetHighest}; 0 as above. */
  public static long highestBytes() {
    return status("VmHWM:");
  }

  /**
   * Lets {@link #highestBytes} begin anew.
   *
   * @return whether the system can do that
   */
  public static boolean forgetHighest() {
    try {
      Files.writeString(CLEAR, CLEAR_HIGHEST);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static long status(String key) {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
