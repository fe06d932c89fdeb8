package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import com.google.gson.reflect.TypeToken;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.ResidualNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * DGL, InfoPro and Module Imitation against numbers of PyTorch: of the published code for residual
 * networks, of an independent reference for vision transformers and imitation.
 */
class GoldenRivalsTest {

  /** What is allowed of the noise between ways to round. */
  private static final double MARGIN = 5;

  private static final double ZERO_GRADIENT = 3e-7;
  private static final int CLASSES = 10;
  private static final int IMAGES = 4;
  private static final VisionTransformer VIT = new VisionTransformer(16, 4, 16, 2, CLASSES, 1e-6);
  private static final ModularDivision VIT_TARGET = new ModularDivision(List.of(2, 1, 1, 2));
  private static final ModularDivision VIT_META = new ModularDivision(List.of(1, 1, 1, 1));
  private static final ModularDivision RESNET_TARGET = new ModularDivision(List.of(2, 2, 1));
  private static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final Rule ADAMW =
      new Rule(
          new OptimizerRecipe(OptimizerRecipe.Rule.ADAMW, 1e-3, 0.05, 0.9, 0.999, 1e-8, 0), 1e-3);
  private static final Rule SGD =
      new Rule(new OptimizerRecipe(OptimizerRecipe.Rule.SGD, 0.02, 5e-4, 0, 0, 0, 0.9), 0.02);

  private record Rule(OptimizerRecipe recipe, double rate) {}

  /** Noise of fp32 in a case. */
  private record Noise(double loss, double gradient, double parameter, double logit) {}

  /** What is known of a case beside its tensors. */
  private record Case(
      @SerializedName("loss_terms_step1") Map<String, Double> first,
      @SerializedName("loss_terms_step2") Map<String, Double> second,
      @SerializedName("gradients_that_are_0") List<String> zeros) {}

  private static final Map<String, Case> CASES = cases();

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @Test
  void dglOnAVisionTransformer() {
    checkLocal(
        "dgl_vit",
        VIT,
        VIT_TARGET,
        LocalLosses.dgl(4),
        golden("vit_weights"),
        golden("io"),
        ADAMW,
        new Noise(6.2e-7, 1.7e-6, 2.7e-6, 3.6e-6));
  }

  @Test
  void infoProOnAVisionTransformer() {
    var losses =
        LocalLosses.infoPro(
            LocalLosses.interpolated(5, 1, 4), LocalLosses.interpolated(0.5, 0.8, 4));
    checkLocal(
        "infopro_vit",
        VIT,
        VIT_TARGET,
        losses,
        golden("vit_weights"),
        golden("io"),
        ADAMW,
        new Noise(7.4e-7, 1.7e-6, 4.3e-6, 2.0e-6));
  }

  @Test
  void dglOnAResidualNetwork() {
    checkLocal(
        "dgl_resnet",
        new ResidualNetwork(16, 4, CLASSES),
        RESNET_TARGET,
        LocalLosses.dgl(3),
        golden("dgl_resnet_weights"),
        golden("io"),
        SGD,
        new Noise(4.1e-6, 1.7e-5, 2.6e-6, 5.1e-5));
  }

  @Test
  void infoProOnAResidualNetwork() {
    var losses =
        LocalLosses.infoPro(
            LocalLosses.interpolated(5, 1, 3), LocalLosses.interpolated(0.5, 0.75, 3));
    checkLocal(
        "infopro_resnet",
        new ResidualNetwork(8, 16, CLASSES),
        new ModularDivision(List.of(2, 1, 1)),
        losses,
        golden("infopro_resnet_weights"),
        golden("infopro_resnet_io"),
        SGD,
        new Noise(3.8e-7, 2.0e-6, 2.4e-7, 2.4e-7));
  }

  private static void checkLocal(
      String name,
      Architecture architecture,
      ModularDivision division,
      LocalLosses losses,
      Weights weights,
      Weights io,
      Rule rule,
      Noise noise) {
    List<Weights> modules = new ArrayList<>();
    for (int k = 0; k < division.moduleCount(); k++) {
      modules.add(named(weights, architecture.parameters(division, k)));
    }
    try (var network = new ModularNetwork(architecture, division, modules, COMPUTE)) {
      var objective =
          new LocalObjective(
              network, Passes.classification(network), losses, StochasticDepth.OFF, /* seed= */ 0);
      objective.trained().forEach(module -> module.restore(named(weights, module.specs())));
      var training = new Training(name, network, objective, io, rule, noise);

      assertTerms(training, losses, objective, known(name).first(), noise.loss());
      training.gather(0);
      training.assertTotal(weighted(known(name).first(), losses), noise.loss());
      training.assertGradients(golden(name + "_grads"), /* all= */ true);
      training.update();
      assertTerms(training, losses, objective, known(name).second(), noise.loss());
      training.gather(1);
      training.assertTotal(weighted(known(name).second(), losses), noise.loss());
      training.update();
      training.assertParameters(golden(name + "_after2"), /* all= */ true);
      training.assertLogits(golden(name + "_eval").tensors().values().iterator().next());
    }
  }

  /** The terms of a forward pass, after which the network is as before. */
  private static void assertTerms(
      Training training,
      LocalLosses losses,
      LocalObjective objective,
      Map<String, Double> wanted,
      double noise) {
    var found = new LinkedHashMap<String, Double>();
    List<Weights> before = objective.trained().stream().map(NetworkModule::weights).toList();
    try (NDManager manager = training.network.manager().newSubManager()) {
      objective.forEachModule(
          training.images(manager),
          training.targets(manager),
          Training.step(0),
          (k, terms) -> {
            NDArray classification = terms.task();
            if (classification != null) {
              found.put("module" + k + "_classification", (double) classification.getFloat());
            }
            NDArray reconstruction = terms.reconstruction();
            if (reconstruction != null) {
              found.put("module" + k + "_reconstruction", (double) reconstruction.getFloat());
            }
          });
    }
    for (int i = 0; i < before.size(); i++) {
      objective.trained().get(i).restore(before.get(i));
    }
    assertThat(found)
        .containsOnlyKeys(wanted.keySet())
        .hasSizeGreaterThan(losses.moduleCount() - 1);
    found.forEach(
        (term, value) ->
            assertThat(value).as(term).isCloseTo(wanted.get(term), within(MARGIN * noise)));
  }

  private static double weighted(Map<String, Double> terms, LocalLosses losses) {
    double sum = 0;
    for (var term : terms.entrySet()) {
      int k = term.getKey().charAt("module".length()) - '0';
      boolean last = k == losses.moduleCount() - 1;
      boolean reconstruction = term.getKey().endsWith("_reconstruction");
      List<Double> factors = reconstruction ? losses.lambda1() : losses.lambda2();
      sum += (last ? 1 : factors.get(k)) * term.getValue();
    }
    return sum;
  }

  @Test
  void imitationOnAVisionTransformer() {
    Weights meta = golden("vit_meta_weights");
    Weights target = golden("vit_weights");
    var noise = new Noise(3.0e-7, 6.7e-7, 8.5e-7, 1.7e-6);
    var before = new ArrayList<Weights>();
    var after = new ArrayList<Weights>();
    var trained = new LinkedHashSet<String>();
    for (int i = 0; i < VIT_TARGET.moduleCount(); i++) {
      Weights own = named(withAnyHead(target), VIT.parameters(VIT_TARGET, i));
      Weights metaModule = named(meta, VIT.parameters(VIT_META, i));
      before.add(ImitationObjective.withMetaHead(VIT, VIT_TARGET, i, own, metaModule));
      after.add(
          imitate(
              "imitation_vit", VIT, VIT_META, VIT_TARGET, i, meta, before.get(i), ADAMW, noise));
      trained.addAll(VIT.trunk(VIT_TARGET, i).specs().stream().map(ParameterSpec::name).toList());
    }
    assertThat(trained).isEqualTo(golden("imitation_vit_grads").tensors().keySet());
    assertAssembled(before, golden("imitation_vit_eval").tensor("logits"), noise);
    assertAssembled(after, golden("imitation_vit_eval").tensor("logits_after2"), noise);
  }

  /** The reference has no head of the target's. */
  private static Weights withAnyHead(Weights target) {
    var tensors = new LinkedHashMap<>(target.tensors());
    for (ParameterSpec spec : VIT.parameters(VIT_TARGET, VIT_TARGET.moduleCount() - 1)) {
      if (spec.name().startsWith("norm.") || spec.name().startsWith("head.")) {
        List<Long> shape = Arrays.stream(spec.shape().getShape()).boxed().toList();
        tensors.put(spec.name(), new Weights.Tensor(shape, new float[(int) spec.size()]));
      }
    }
    return new Weights(tensors);
  }

  private static void assertAssembled(List<Weights> modules, Weights.Tensor wanted, Noise noise) {
    try (var network = new ModularNetwork(VIT, VIT_TARGET, modules, COMPUTE)) {
      var objective =
          new LocalObjective(
              network, Passes.classification(network), LocalLosses.dgl(4), StochasticDepth.OFF, 0);
      new Training("imitation_vit", network, objective, golden("io"), ADAMW, noise)
          .assertLogits(wanted);
    }
  }

  @Test
  void imitationOnAResidualNetwork() {
    var network = new ResidualNetwork(16, 4, CLASSES);
    Weights target = named(golden("dgl_resnet_weights"), network.parameters(RESNET_TARGET, 1));
    imitate(
        "imitation_resnet",
        network,
        new ModularDivision(List.of(1, 1, 1)),
        RESNET_TARGET,
        1,
        golden("imitation_resnet_meta_weights"),
        target,
        SGD,
        new Noise(1.2e-7, 9.2e-7, 2.1e-7, 0));
  }

  /** Two steps of a module. */
  private static Weights imitate(
      String name,
      Architecture architecture,
      ModularDivision meta,
      ModularDivision target,
      int moduleIndex,
      Weights metaWeights,
      Weights module,
      Rule rule,
      Noise noise) {
    List<Weights> modules = new ArrayList<>();
    for (int k = 0; k < meta.moduleCount(); k++) {
      List<ParameterSpec> specs = architecture.parameters(meta, k);
      boolean known = metaWeights.tensors().containsKey(specs.get(0).name());
      modules.add(
          known ? named(metaWeights, specs) : architecture.initialWeights(meta, k, 1, "unused"));
    }
    Weights metaModule = modules.set(moduleIndex, module);
    ModularDivision hybrid = meta.hybrid(target, moduleIndex);
    try (var network = new ModularNetwork(architecture, hybrid, modules, COMPUTE)) {
      var objective =
          new ImitationObjective(
              network,
              Passes.classification(network),
              moduleIndex,
              meta,
              metaModule,
              StochasticDepth.OFF);
      var training = new Training(name, network, objective, golden("io"), rule, noise);
      training.names = architecture.parameters(target, moduleIndex);
      String term = "module" + moduleIndex + "_l1";

      training.gather(0);
      training.assertTotal(only(known(name).first(), term), noise.loss());
      training.assertGradients(golden(name + "_grads"), /* all= */ false);
      training.update();
      training.gather(1);
      training.assertTotal(only(known(name).second(), term), noise.loss());
      training.update();
      training.assertParameters(golden(name + "_after2"), /* all= */ false);
      return network.weights(moduleIndex);
    }
  }

  /** Steps on one batch. */
  private static final class Training {

    private final String name;
    private final ModularNetwork network;
    private final Objective objective;
    private final Weights io;
    private final Rule rule;
    private final Noise noise;
    private final Optimizer optimizer;
    private List<ParameterSpec> names;

    Training(
        String name,
        ModularNetwork network,
        Objective objective,
        Weights io,
        Rule rule,
        Noise noise) {
      this.name = name;
      this.network = network;
      this.objective = objective;
      this.io = io;
      this.rule = rule;
      this.noise = noise;
      names = objective.trained().stream().flatMap(m -> m.specs().stream()).toList();
      optimizer =
          new Optimizer(
              network.manager(),
              objective.trained().stream().map(NetworkModule::trainable).toList(),
              rule.recipe(),
              /* clipNorm= */ 0,
              /* accumulation= */ 1,
              Lanes.of(COMPUTE, 1, 1));
    }

    NDArray images(NDManager manager) {
      float[] values = io.tensor("x").values();
      return manager.create(values, new Shape(IMAGES).addAll(objective.inputShape()));
    }

    NDArray targets(NDManager manager) {
      return manager.create(io.tensor("targets").values(), new Shape(IMAGES, CLASSES));
    }

    static StepKey step(int batch) {
      return new StepKey(new BatchKey(0, "test", -1), 0, batch, IMAGES);
    }

    void gather(int batch) {
      try (NDManager manager = network.manager().newSubManager()) {
        objective.gather(
            new StepPart(images(manager), targets(manager)), step(batch), optimizer.sums(0), 1);
      }
    }

    void update() {
      optimizer.finishPass(rule.rate());
    }

    void assertTotal(double wanted, double noise) {
      double allowed = MARGIN * noise * Math.max(1, wanted);
      assertThat(optimizer.takeTotalLoss()).isCloseTo(wanted, within(allowed));
    }

    void assertGradients(Weights wanted, boolean all) {
      NDList found = optimizer.sums(0).gradients();
      List<String> trained = new ArrayList<>();
      for (ParameterSpec spec : names.subList(0, specs())) {
        if (spec.role() != ParameterSpec.Role.BUFFER) {
          trained.add(spec.name());
        }
      }
      assertThat(found).hasSameSizeAs(trained);
      if (all) {
        assertThat(Set.copyOf(trained)).isEqualTo(wanted.tensors().keySet());
      }
      for (int i = 0; i < trained.size(); i++) {
        float[] expected = wanted.tensor(trained.get(i)).values();
        boolean zero = known(name).zeros().contains(trained.get(i));
        Golden.assertClose(
            trained.get(i),
            found.get(i).toFloatArray(),
            expected,
            zero ? ZERO_GRADIENT : MARGIN * noise.gradient() * Golden.largest(expected));
      }
    }

    /** Imitation leaves a head alone, whose parameters are the last. */
    private int specs() {
      return objective.trained().stream().mapToInt(module -> module.specs().size()).sum();
    }

    void assertParameters(Weights wanted, boolean all) {
      if (all) {
        assertThat(names.stream().map(ParameterSpec::name))
            .containsExactlyInAnyOrderElementsOf(wanted.tensors().keySet());
      }
      int index = 0;
      for (NetworkModule module : objective.trained()) {
        for (Weights.Tensor tensor : module.weights().tensors().values()) {
          String parameter = names.get(index++).name();
          Golden.assertClose(
              parameter,
              withoutKeyBias(parameter, tensor.values()),
              withoutKeyBias(parameter, wanted.tensor(parameter).values()),
              MARGIN * noise.parameter());
        }
      }
    }

    void assertLogits(Weights.Tensor wanted) {
      try (NDManager manager = network.manager().newSubManager();
          GradientMode mode = GradientMode.frozen()) {
        float[] logits = network.evaluate(images(manager)).toFloatArray();
        Golden.assertClose("logits", logits, wanted.values(), MARGIN * noise.logit());
      }
    }
  }

  /** The key's bias has a zero gradient, which Adam turns into noise: leave it out. */
  private static float[] withoutKeyBias(String name, float[] values) {
    if (!name.endsWith("attn.qkv.bias")) {
      return values;
    }
    float[] copy = values.clone();
    Arrays.fill(copy, values.length / 3, 2 * values.length / 3, 0);
    return copy;
  }

  private static Weights named(Weights all, List<ParameterSpec> specs) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    specs.forEach(spec -> tensors.put(spec.name(), all.tensor(spec.name())));
    return new Weights(tensors);
  }

  private static Weights golden(String name) {
    return Golden.tensors("rivals/" + name);
  }

  private static Map<String, Case> cases() {
    try (var reader =
        new InputStreamReader(Golden.open("rivals/cases.json"), StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, new TypeToken<Map<String, Case>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Case known(String name) {
    return Objects.requireNonNull(CASES.get(name), name);
  }

  private static double only(Map<String, Double> terms, String term) {
    return Objects.requireNonNull(terms.get(term), term);
  }
}
