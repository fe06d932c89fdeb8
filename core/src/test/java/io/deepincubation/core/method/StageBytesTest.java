package io.deepincubation.core.method;

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
            meta 9e2e88526e7cdf5d2a958bb18fab2b484121bc87bc67e31e25e56803265942ae
            modules/0 fe932741281a3b98ece466f74d4364898ec256f851b1e8cb7cc6c73d4e2dfa95
            modules/1 1a9191ef97441bd7a85ec1d07106a10754d3943d0064bceaf8bc67e298655d1a
            modules/2 f0801b6fe500cf68a3065c0d7e8bafae6e9f93b3310171e85be9710dc58393ad
            assembled 81f635547b43adf06470d2703e0d8a1d7dede88cd06a7fdfed47ec7ffb8e9fd3
            final 43ce85379337ba561989f18f5cc977ad2d11b60374e5c58bc2de7949ca584866
            baselines/e2e 9dd3761988cec7e93a950c2a5b275e7799d677541b69c20c22d724f6bfb402dd
            """),
        Arguments.of(
            "resnet",
            2,
            """
            meta 1663de402255d9218a85bbfb44fbf52cf75843f90eeb097e5e33cd0c0471ffde
            modules/0 f74f5ca1e9ec3e83f8050d4550411e75dcb31190c21dece7e2f44d2b140f9c67
            modules/1 684d0a6cd229b3ccf7afee2e48438a692ce69f4e9fff26bc778ca971fd858f7f
            modules/2 007abf4f8ca5b1f79fcac636ec88fbc82fde5b7c11e3a1ede6c5f358dd149366
            assembled 3a2470b25446c4ffae79e9045242f354fda736d3b3f6d47a597a4ba6e53e9c95
            final bfa9ed3372576e250897cc1d6c54e8148b36dff94532a5885293df0ac881a22c
            baselines/e2e 328a503369ee5ede382ebb0af816f915060a062357c15141e0cf31d09929b85f
            """));
  }
}
