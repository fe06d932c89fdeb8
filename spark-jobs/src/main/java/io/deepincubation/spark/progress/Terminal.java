package io.deepincubation.spark.progress;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The terminal behind standard error, as Linux knows it now. */
final class Terminal {

  private static final int STANDARD_ERROR = 2;

  /** Asks a terminal for its size: rows, columns and two more numbers of 16 bits. */
  private static final long TIOCGWINSZ = 0x5413;

  private static final int SIZE_NUMBERS = 4;

  /** The C library. */
  interface CLibrary extends Library {
    /** Asks a device; 0 if it answers. */
    int ioctl(int file, long request, short[] answer);
  }

  private static final @Nullable CLibrary LIBRARY = library();

  private Terminal() {}

  private static @Nullable CLibrary library() {
    try {
      return Platform.isLinux() ? Native.load("c", CLibrary.class) : null;
    } catch (LinkageError e) {
      return null; // Then there is no terminal, and progress is a log.
    }
  }

  /** Characters of a line, 0 where the terminal does not tell; empty where there is no terminal. */
  static OptionalInt columns() {
    var size = new short[SIZE_NUMBERS];
    return LIBRARY != null && LIBRARY.ioctl(STANDARD_ERROR, TIOCGWINSZ, size) == 0
        ? OptionalInt.of(Short.toUnsignedInt(size[1]))
        : OptionalInt.empty();
  }
}
