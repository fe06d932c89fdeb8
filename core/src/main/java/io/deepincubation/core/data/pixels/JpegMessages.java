package io.deepincubation.core.data.pixels;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What libjpeg says of the file that a thread decodes. It would write its first warning alone, to
 * standard error and without the file's name; here it is asked for each, and whether pixels were
 * lost.
 *
 * <p>Each decoding asks {@value #MADE_BY} for libjpeg's error manager. That call is led here, and
 * the manager's function for messages becomes one of Java. No message crosses frames of Java by a
 * jump: libjpeg jumps after it has spoken.
 */
final class JpegMessages {

  private static final String MADE_BY = "jpeg_std_error";

  // Places in libjpeg's jpeg_error_mgr
  private static final int OUTPUT = 16;
  private static final int FORMAT = 24;
  private static final int WARNINGS = 128;

  private static final int LONGEST = 200;

  /** Beginnings of messages after which the pixels are those of the file all the same. */
  private static final List<String> HARMLESS =
      List.of(
          "Warning: unknown JFIF revision number",
          "Unknown Adobe color transform code",
          "Inconsistent progression sequence",
          "Invalid SOS parameters for sequential JPEG",
          "Corrupt JPEG data: bad ICC marker",
          "Application transferred too many scanlines");

  /** In the message about bytes between two segments. */
  private static final String BETWEEN = "extraneous bytes before marker";

  /** Makes an error manager. */
  @FunctionalInterface
  interface Maker extends Callback {
    Pointer make(Pointer manager);
  }

  /** Takes the message of a decoding. */
  @FunctionalInterface
  interface Output extends Callback {
    void take(Pointer decoding);
  }

  private final ThreadLocal<Optional<String>> damage = ThreadLocal.withInitial(Optional::empty);
  private final Function original;

  // Native code has their addresses
  private final Maker maker = this::make;
  private final Output output = this::take;

  /**
   * Leads the messages of a loaded library here.
   *
   * @param file that it was loaded from
   * @throws IOException if the library is of another kind
   */
  JpegMessages(Path file, NativeLibrary library) throws IOException {
    original = library.getFunction(MADE_BY);
    new LibraryCalls(file, library)
        .place(MADE_BY)
        .setPointer(0, CallbackReference.getFunctionPointer(maker));
  }

  private Pointer make(Pointer manager) {
    original.invokePointer(new Object[] {manager});
    manager.setPointer(OUTPUT, CallbackReference.getFunctionPointer(output));
    return manager;
  }

  private void take(Pointer decoding) {
    Pointer manager = decoding.getPointer(0);
    var text = new Memory(LONGEST);
    Function.getFunction(manager.getPointer(FORMAT)).invokeVoid(new Object[] {decoding, text});
    String message = text.getString(0);
    if (losesPixels(message)) {
      damage.set(Optional.of(message));
    } else {
      // None was counted yet, so the next is told too
      manager.setNativeLong(WARNINGS, new NativeLong(-1));
    }
  }

  /** Whether pixels are not those that were written, where libjpeg says so. */
  static boolean losesPixels(String message) {
    return !message.contains(BETWEEN) && HARMLESS.stream().noneMatch(message::startsWith);
  }

  /** Forgets what was said to this thread. */
  void clear() {
    damage.remove();
  }

  /** What was said to this thread that pixels were lost by, or why there are none. */
  Optional<String> damage() {
    return damage.get();
  }
}
