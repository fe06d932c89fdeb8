package io.deepincubation.core.script;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings of this process that libtorch's speed on a processor depends on, made before it is
 * loaded. What the user has set in the environment stays.
 *
 * <ul>
 *   <li>The C library hands freed memory back to the system, and a training step frees all of its
 *       activations: every page of the next step would be cleared by the kernel again, a tenth of
 *       the time. It is told to keep what it has.
 *   <li>OpenMP's threads spin while they wait, which takes the cores away from other tasks: they
 *       are told to sleep.
 * </ul>
 *
 * <p>Only on Linux with glibc; elsewhere nothing happens.
 */
final class NativeProcess {

  private static final Logger LOG = LoggerFactory.getLogger(NativeProcess.class);

  /** More than a heap of a thread's arena, so that none is unmapped. */
  private static final int PAD_BYTES = 1 << 28;

  /** What OpenMP's threads do while they wait. */
  private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

  /** Parameters of mallopt(3). */
  private static final int M_TRIM_THRESHOLD = -1;

  private static final int M_TOP_PAD = -2;
  private static final int M_MMAP_MAX = -4;

  /** A severity of libtorch's log, above warnings. */
  private static final int ERRORS_ALONE = 2;

  /** The C library. */
  interface CLibrary extends Library {
    /** Changes the allocator; 0 if refused. */
    int mallopt(int parameter, int value);

    /** Hands freed memory back to the system; 1 if there was some. */
    int malloc_trim(long pad);

    /** Changes the environment that native libraries see; 0 if done. */
    int setenv(String name, String value, int overwrite);

    /** A variable of that environment. */
    @Nullable String getenv(String name);
  }

  private NativeProcess() {}

  /** Makes the settings. */
  static void prepare() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      CLibrary library = Native.load("c", CLibrary.class);
      library.setenv(WAIT_POLICY, "passive", 0);
      keepFreedMemory(library);
    } catch (UnsatisfiedLinkError e) {
      LOG.info("Left the allocator as it is: {}", e.getMessage());
    }
  }

  /** Hands back all memory that is kept for steps to come. */
  static void giveBack() {
    try {
      Native.load("c", CLibrary.class).malloc_trim(0);
    } catch (UnsatisfiedLinkError e) {
      LOG.info("Kept freed memory: {}", e.getMessage());
    }
  }

  /**
   * Does something that libtorch warns of on standard error, in the midst of progress lines and
   * only the first time, with its warnings held back.
   *
   * @param libraries the folder that libtorch was loaded from
   */
  static void withoutWarnings(String libraries, Runnable work) {
    Optional<Pointer> level = logLevel(libraries);
    int before = level.map(found -> found.getInt(0)).orElse(0);
    level.ifPresent(found -> found.setInt(0, ERRORS_ALONE));
    try {
      work.run();
    } finally {
      level.ifPresent(found -> found.setInt(0, before));
    }
  }

  /** Where libtorch keeps the lowest severity that it writes. */
  private static Optional<Pointer> logLevel(String libraries) {
    if (!Platform.isLinux()) {
      return Optional.empty();
    }
    try {
      var library = NativeLibrary.getInstance(Path.of(libraries, "libc10.so").toString());
      return Optional.of(library.getGlobalVariableAddress("FLAGS_caffe2_log_level"));
    } catch (UnsatisfiedLinkError e) {
      LOG.info("Left libtorch's warnings as they are: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** What libtorch found for OpenMP's waiting threads; empty where nothing was said. */
  static String waitPolicy() {
    try {
      String policy = Native.load("c", CLibrary.class).getenv(WAIT_POLICY);
      return policy == null ? "" : policy;
    } catch (UnsatisfiedLinkError e) {
      return "";
    }
  }

  private static void keepFreedMemory(CLibrary library) {
    set(library, "MALLOC_TRIM_THRESHOLD_", M_TRIM_THRESHOLD, Integer.MAX_VALUE);
    set(library, "MALLOC_TOP_PAD_", M_TOP_PAD, PAD_BYTES);
    set(library, "MALLOC_MMAP_MAX_", M_MMAP_MAX, 0);
  }

  private static void set(CLibrary library, String variable, int parameter, int value) {
    if (System.getenv(variable) == null) {
      library.mallopt(parameter, value);
    }
  }
}
