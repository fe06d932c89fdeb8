package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import org.junit.jupiter.api.Test;

class NativeArithmeticTest {

  @Test
  void readsTheProcessorsFlags() {
    assertThat(NativeArithmetic.ofFlags("flags\t\t: fpu avx512f avx512_bf16 sse\n"))
        .isEqualTo(Arithmetic.BF16);
    assertThat(NativeArithmetic.ofFlags("flags\t\t: fpu amx_bf16\n")).isEqualTo(Arithmetic.BF16);
    assertThat(NativeArithmetic.ofFlags("flags\t\t: fpu avx512f avx2\n"))
        .isEqualTo(Arithmetic.FP32);
  }

  @Test
  void gpusMultiplyBf16() {
    assertThat(NativeArithmetic.of(Device.gpu(0))).isEqualTo(Arithmetic.BF16);
  }
}
