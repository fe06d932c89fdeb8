package io.deepincubation.core.incubation;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.testing.JavaProcess;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes that training ends in, held to those of the first version of the training loop: a
 * change of structure must not change them.
 */
class StageBytesTest {

  /** Keeps libtorch, oneDNN and MKL to what every x86-64 processor has, so that all agree. */
  private static final Map<String, String> ANY_PROCESSOR =
      Map.of(
          "ATEN_CPU_CAPABILITY",
          "default",
          "ONEDNN_MAX_CPU_ISA",
          "SSE41",
          "MKL_CBWR",
          "COMPATIBLE");

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0}, {1} threads")
  @MethodSource("digests")
  void everyStageEndsInTheBytesThatItAlwaysDid(String network, int threads, String digests)
      throws Exception {
    ProcessBuilder builder =
        JavaProcess.of(
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            StageBytes.class,
            folder.toString(),
            network,
            "" + threads);
    builder.environment().putAll(ANY_PROCESSOR);
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> told = reader.lines().toList();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(told).containsExactlyElementsOf(digests.lines().toList());
    } finally {
      process.destroyForcibly();
    }
  }

  private static Stream<Arguments> digests() {
    return Stream.of(
        Arguments.of(
            "vit",
            1,
            """
            meta 36d4dcfba143bf1fd4f3fea772d76701a0ba43786b2e8c8601f81b8985195185
            modules/0 e24c28880228c08cc6e72e3a116c861641365bd5ddfc6d3f005753cfd2bea08c
            modules/1 c58e7f77aded6cf1fa730419e1c3ebeaeaf9b19e6d6abdc5b467afea1fae5535
            assembled 612342efc075aa2f52f2b1732a1d279f6fd9082ad1d405b535840215e3e27417
            final ba07e6f7ccfb6732c8f769e7b763623e4baaada73b905fd2976309d7176163fc
            baselines/e2e fb0f4a21d8a09157d8e64ef9c47f944605e1bf96506e60b3ed4763daac7c3275
            """),
        Arguments.of(
            "vit",
            2,
            """
            meta 458ce9f8ec8cfb46fe45603b9a5b2ec5e2b1b6aca540134c355d63ae3eb29af8
            modules/0 c90a22f355d000fbeeeb94b28c382eec7ee6d864a35c7b3cb3a0ae4ae3a1cfe1
            modules/1 cdce5fa5655d897dadc992692403ef5e76ccb9ed8b8f690481b1253812895bcf
            assembled 0a48935130e376fc486a333dce89fef496e9d170974b411e3e3be28b4ed4643c
            final 09c1c1c29c6aaed64fa4fc3032b5122f12ad614bdaad97f8d88970ec946d26e9
            baselines/e2e 211364f54c846646997b28a1de86f351b957b7b142e00062e13ad9c4c159ce3f
            """),
        Arguments.of(
            "resnet",
            1,
            """
            meta bbb833cf0150d9027bda92f439146cabd78bc4e2bec2ebe1b9662f18872bb941
            modules/0 1a0993e47a7836975cbc7b44718ad158bfde7c641b0b30ebe7a4d12bef5de2f5
            modules/1 6f74bc64f30010538142dc698981320b3e3a9823954eecc290b77232d5930068
            modules/2 627f46ae1cb93ccb7435999a9bc10d7468b8ce619f1ea7e183eeef67bb6ab554
            assembled 079742305b979eedf2a37f241e16525629b2ff23acd270f6dadf8f69e96972bf
            final ce992baa341fee5293d9b59edfb963f0889cc2d0695a103e2d803b1cb85799be
            baselines/e2e 491932c9827798c5ccb472a630f16d755da1daf8a105230fc99de8e46191fd72
            """),
        Arguments.of(
            "resnet",
            2,
            """
            meta f2ffba5b374dacb32ad664ba0d6acfbd133038ff1eca288d7e322a0d275a545a
            modules/0 49c8b135865283339940adf2191795b348764b76254c3bcf278b983179521870
            modules/1 d745c2060f43c082c2c07ff3e84ccd6b3c0c11acf4a7b45973bc02d5cd3967af
            modules/2 0374a124e49d3dd6d09a6a641fc4ffa7e9ca3f962c4d132f5e27e44512e571ee
            assembled a150f6fd4f1d7592c5682523dc85f113cd97555ac7c48e37bc484d5522a25254
            final e7f6751a6ed6ec6440f6bd72ff816da65862850e330d651c60a73b609a5e9bc9
            baselines/e2e e65267c017a074925c418d0314ce32b111872dd38659c275b3d433ec12b7f65e
            """));
  }
}
