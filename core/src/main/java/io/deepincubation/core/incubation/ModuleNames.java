package io.deepincubation.core.incubation;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.ParameterSpec;
import java.util.List;

/** The names of a module's tensors in a network. */
final class ModuleNames {

  private ModuleNames() {}

  static List<String> of(Architecture architecture, ModularDivision division, int moduleIndex) {
    return architecture.parameters(division, moduleIndex).stream()
        .map(ParameterSpec::name)
        .toList();
  }
}
