package io.deepincubation.core.network;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What a device multiplies matrices in fastest. */
public final class NativeArithmetic {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final List<String> BF16_FLAGS = List.of("avx512_bf16", "amx_bf16");

  private NativeArithmetic() {}

  /**
   * The fastest arithmetic: {@link Arithmetic#BF16} on a GPU and on processors that multiply it
   * natively, else {@link Arithmetic#FP32}.
   */
  public static Arithmetic of(Device device) {
    return device.isGpu() ? Arithmetic.BF16 : ofProcessor();
  }

  private static Arithmetic ofProcessor() {
    try {
      return ofFlags(Files.readString(PROCESSORS));
    } catch (IOException e) {
      return Arithmetic.FP32; // Only Linux tells; elsewhere the safe choice.
    }
  }

  /** The fastest arithmetic of a processor that Linux describes so. */
  static Arithmetic ofFlags(String processors) {
    List<String> words = Arrays.asList(processors.split("\\s+"));
    return Collections.disjoint(words, BF16_FLAGS) ? Arithmetic.FP32 : Arithmetic.BF16;
  }
}
